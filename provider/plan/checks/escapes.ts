import { show } from "../../model/bytes";
import type { Descriptor, Process } from "../../observe/process";
import type { Draft } from "./processes";

const ownUser = "start it through its Wrapper, or give the daemon's own user option";

/** In the order of /proc (proc_pid_status(5)). */
const uidNames = ["real", "effective", "saved", "file system's"];

/**
 * What leads out of a jail, whoever is declared: root, a directory left outside or held open (Friedl, and chroot(2)). Then
 * what its host's administrator would not expect of it.
 */
export function escapes(live: Process): Draft[] {
  return [...asRoot(live), ...outside(live), ...live.descriptors.map(held), ...odd(live)];
}

function asRoot({ uids }: Process): Draft[] {
  const leaves = "a process of root's leaves any chroot";
  const [, effective] = uids;
  if (effective === 0) return [["high", `runs with uid 0: ${leaves}`, ownUser]];
  const kept = uidNames[uids.indexOf(0)];
  return kept === undefined ? [] : [["high", `can be root again, its ${kept} uid is 0: ${leaves}`, ownUser]];
}

function outside({ isCwdInside, cwd }: Process): Draft[] {
  if (isCwdInside) return [];
  const what = `has its working directory, ${show(cwd)}, outside the jail: it can go anywhere from there`;
  return [["high", what, "start it through its Wrapper, which goes into the jail first"]];
}

function held({ number, type, path }: Descriptor): Draft {
  const where = `${show(path)} open as descriptor ${number}`;
  const close = "start it through its Wrapper, which closes what it has not opened itself";
  switch (type) {
    case "directory":
      return ["high", `holds a directory outside the jail, ${where}: it can go anywhere from there`, close];
    case "block device":
      return ["high", `holds a block device, ${where}: it can reach all that is on it`, close];
    case "file":
      return [
        "low",
        `may write to a file outside the jail, ${where}`,
        "if that is not a log that it opens before it goes into the jail, start it without",
      ];
  }
}

function odd({ isNested, root, program, hasMoreDescriptors }: Process): Draft[] {
  const found: Draft[] = [];
  if (isNested)
    found.push([
      "low",
      `has its root at ${show(root)}, below the jail's`,
      "see that the daemon does that itself: who may chroot in a jail can leave it",
    ]);
  if (program?.endsWith(" (deleted)"))
    found.push([
      "medium",
      `runs ${show(program)}: the program was replaced or removed after its start, and what was mended in it is not in use`,
      "restart it",
    ]);
  if (hasMoreDescriptors)
    found.push([
      "low",
      "holds more than 100 files or directories open that might be outside the jail",
      "look at its /proc/PID/fd",
    ]);
  return found;
}
