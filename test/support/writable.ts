import { walk } from "./jail-site";
import type { LabHost } from "./sshd";

/** The directories of a jail that a user can write in, by their owners, groups and modes. */
export function writableDirectories(host: LabHost, root: string, { uid, gid }: { uid: number; gid: number }): string[] {
  return [...walk(host.path(root))]
    .filter(([, { type, ...of }]) => {
      if (type !== "directory") return false;
      if (of.uid === uid) return true; // an owner can give itself the rest
      return (of.mode & (of.gid === gid ? 0o020 : 0o002)) !== 0;
    })
    .map(([path]) => path)
    .sort();
}
