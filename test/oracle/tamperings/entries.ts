import { ownerOf } from "../owners";
import { jail, type Make, q } from "./tampering";

/** Something that no resource declares, where only root may write. */
function undeclared(
  name: string,
  path: (directory: string) => string,
  make: (at: string) => string,
  isDrift: boolean,
): Make {
  return (program, random) => {
    const directory = random.pick([
      ".",
      ...program.directories.filter((one) => ownerOf(program, `${one}/new`, "file", "mode") === jail),
    ]);
    const at = path(directory).replace(/^\.\//, "");
    const found = { name: `${name} ${at}`, script: make(at), on: [jail], path: at, undo: `rm -rf -- ${q(`./${at}`)}` };
    return isDrift ? found : { ...found, isFinding: true };
  };
}

/** Another st_dev, and no mount: any user can make one, and `find -xdev` stops at it. */
function ofSubvolume(whose: string, uid: string): Make {
  return (program, random) => {
    if (!program.isOnBtrfs) return undefined;
    const at = uid === "0" ? "subvolume" : `${random.pick(program.writable)}/subvolume`;
    const script = `btrfs -q subvolume create ${at}; echo x >${at}/x; chown -R ${uid}:1033 ${at}; chmod 4755 ${at}/x`;
    return { name: `subvolume ${whose}`, script, on: [jail], path: at, undo: `rm -rf ${at}`, needs: "subvolumes" };
  };
}

const below = (name: string) => (directory: string) => `${directory}/${name}`;

export const entries: Make[] = [
  undeclared("a world-writable file", below("planted"), (at) => `echo x >${q(at)}; chmod 0666 ${q(at)}`, true),
  undeclared("a setuid program", below("planted"), (at) => `echo x >${q(at)}; chmod 4755 ${q(at)}`, true),
  undeclared("a file of the daemon", below("planted"), (at) => `echo x >${q(at)}; chown 1033:1033 ${q(at)}`, true),
  undeclared("a memory device", below("mem"), (at) => `mknod ${q(at)} c 1 1`, true),
  undeclared("a block device", below("disk"), (at) => `mknod ${q(at)} b 7 0`, true),
  undeclared("a FIFO", below("fifo"), (at) => `mkfifo -m 0600 ${q(at)}`, false),
  undeclared("a link to the outside", below("way"), (at) => `ln -s /etc/shadow ${q(at)}`, false),
  undeclared("a tree", below("deep"), (at) => `mkdir -p ${q(`${at}/a/b`)}; chmod 0777 ${q(`${at}/a`)}`, true),
  undeclared(
    "a name of the staging directory",
    below(".pulumi-chroot-staging"),
    (at) => `mkdir ${q(at)}; echo x >${q(`${at}/x`)}; chmod 4755 ${q(`${at}/x`)}; chmod 0711 ${q(at)}`,
    true,
  ),
  ofSubvolume("of root's", "0"),
  undeclared(
    "a name that is a key of Pulumi",
    below("__provider"),
    (at) => `echo x >${q(at)}; chmod 0666 ${q(at)}`,
    true,
  ),
];

/** In a directory of the daemon's only rights of programs count. */
export const daemons: Make[] = [
  (program, random) => {
    const at = `${random.pick(program.writable)}/tool`;
    return {
      name: `setuid in ${at}`,
      script: `echo x >${q(at)}; chown 1033:1033 ${q(at)}; chmod 4755 ${q(at)}`,
      on: [jail],
      path: at,
      undo: `rm -f ${q(at)}`,
    };
  },
  (program, random) => {
    const at = `${random.pick(program.writable)}/.pulumi-chroot-staging`;
    const script = `mkdir ${q(at)}; echo x >${q(`${at}/x`)}; chown -R 1033:1033 ${q(at)}; chmod 4755 ${q(`${at}/x`)}`;
    return { name: `setuid in ${at}`, script, on: [jail], path: at, undo: `rm -rf ${q(at)}` };
  },
  ofSubvolume("of the daemon's", "1033"),
  (program, random) => {
    const at = `${random.pick(program.writable)}/mem`;
    return {
      name: `a device in ${at}`,
      script: `mknod -m 666 ${q(at)} c 1 1`,
      on: [jail],
      path: at,
      undo: `rm -f ${q(at)}`,
    };
  },
  (program, random) => {
    const at = `${random.pick(program.writable)}/capable`;
    return {
      name: `capabilities in ${at}`,
      script: `echo x >${q(at)}; chown 1033:1033 ${q(at)}; setcap cap_setuid=ep ${q(at)}`,
      on: [jail],
      path: at,
      undo: `rm -f ${q(at)}`,
      needs: "capabilities",
    };
  },
];
