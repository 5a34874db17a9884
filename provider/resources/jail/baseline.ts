import { z } from "zod";
import { absoluteDirectoryMode, mixedFileMode, principalField } from "../fields";

/** Owner and modes of everything in a jail without a more specific declaration. */
export const baselineArgs = z.strictObject({
  /**
   * User that owns files and directories, by name or number. Best `root`: the daemon must not own files that it only
   * reads.
   * @example owner: "root"
   */
  owner: principalField,
  /**
   * Group of files and directories, by name or number.
   * @example group: "bind"
   */
  group: principalField,
  /**
   * Mode of regular files, absolute: four octal digits or symbols (`"u=rw,og=r"`). `X` (`"u=rwX,og=rX"`) is execute for
   * files that are programs: a file that root owns says so by its execute bits when it is first seen, and the host's registry
   * notes it.
   * @refused relative modes such as `g+w`
   * @example fileMode: "0640"
   */
  fileMode: mixedFileMode,
  /**
   * Mode of directories, absolute: four octal digits or symbols (`"u=rwx,og=rx"`).
   * @refused relative modes such as `g+w`
   * @example directoryMode: "0750"
   */
  directoryMode: absoluteDirectoryMode,
});
