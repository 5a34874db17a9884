import { isExcluded, ownerOf } from "../owners";
import { anyOwner, jail, type Make, q, target } from "./tampering";

/** Changes a mount at a declared place, or the unit or fstab line that mounts it when the host starts. */
function ofMount(name: string, script: string, path = "scratch"): Make {
  return ({ jail: args }) => ("mounts" in args ? { name: `mount: ${name}`, script, on: [jail], path } : undefined);
}

const mounts: Make[] = [
  ofMount("gone", "umount scratch"),
  ofMount("with other limits", "mount -o remount,exec,suid scratch"),
  ofMount("of another size", "mount -o remount,size=128k scratch"),
  ofMount("another one", "umount scratch; mount -t tmpfs -o size=64k,mode=0777 tmpfs scratch"),
  ofMount("not at the next start", "rm -f /etc/systemd/system/*scratch.mount; sed -i /scratch/d /etc/fstab", "/etc"),
];

export const places: Make[] = [
  ...mounts,
  (program, random) => {
    const at = random.pick(program.directories);
    const [path, on] = [at, [jail, ...anyOwner(program, at, "directory")]];
    return {
      name: `a mount over ${at}`,
      script: `mount -t tmpfs none ${q(at)}`,
      on,
      path,
      undo: `umount ${q(at)}`,
      isOfScript: true,
    };
  },
  (program, random) => {
    const { path, type } = target(program, random, "file");
    // A mount below an exclude is another tool's, as all there.
    if (type !== "file" || isExcluded(program, path)) return undefined;
    const declared = Object.entries(program.files).find(([, one]) => one.path === path);
    const rules = Object.entries(program.rules).filter(([, { match }]) => match === path || match.includes("*"));
    if (!declared && rules.length === 0) return undefined;
    const on = [jail, ...anyOwner(program, path, "file"), ...(declared ? [`JailFile::${declared[0]}`] : [])];
    return {
      name: `a mount over ${path}`,
      script: `: >/tmp/over; mount --bind /tmp/over ${q(path)}`,
      on,
      path,
      undo: `umount ${q(path)}`,
      ...(declared ? {} : { isFinding: true as const }),
    };
  },
  (program, random) => {
    const at = random.pick(program.directories);
    return {
      name: `removed ${at}`,
      script: `rm -rf ${q(at)}`,
      on: [jail, ...anyOwner(program, at, "directory")],
      path: at,
      undo: "rebuild",
    };
  },
  (program, random) => {
    const at = random.pick(program.directories);
    return {
      name: `a link in place of ${at}`,
      script: `rm -rf ${q(at)}; ln -s /tmp ${q(at)}`,
      on: [jail, ...anyOwner(program, at, "directory")],
      path: "tmp",
      undo: "rebuild",
    };
  },
  (program, random) => {
    const { path, type } = target(program, random, "file");
    if (type !== "file" || ownerOf(program, path, "file", "mode") === undefined) return undefined;
    const script = `mkdir -p /srv/outside; ln ${q(path)} /srv/outside/name; chmod 0646 ${q(path)}`;
    return {
      name: `a hard link outside of ${path}`,
      script,
      on: [ownerOf(program, path, "file", "mode") ?? jail],
      path,
      undo: "rm -f /srv/outside/name",
    };
  },
  () => ({ name: "the registry is gone", script: "rm -rf /var/lib/pulumi-chroot", on: [jail], path: "(host)" }),
  ({ rules }) => ({
    name: "a record of the registry is edited",
    script:
      'cd /var/lib/pulumi-chroot/*; for one in *.json; do sed -i \'s/"reason": *"[^"]*"/"reason":"other"/\' "$one"; done',
    on: [jail, ...Object.keys(rules).map((name) => `PermissionRule::${name}`)],
    path: "(host)",
  }),
];
