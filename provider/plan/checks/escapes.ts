import { type Finding, finding } from "../../intent/finding";
import type { ProcessName } from "../../intent/finding-kinds";
import type { Descriptor, Process } from "../../observe/process";

/** In the order of /proc (proc_pid_status(5)). */
const uidNames = ["real", "effective", "saved", "file system's"];

/**
 * Findings about ways out of a jail, independent of any declared identity: root, a working directory outside, a directory held
 * open (Friedl; chroot(2)). After them come oddities that an administrator would not expect.
 */
export function escapes(live: Process): Finding[] {
  const who = named(live);
  return [
    ...asRoot(live),
    ...(live.isCwdInside ? [] : [finding("process-outside", { who, cwd: live.cwd })]),
    ...live.descriptors.map((descriptor) => held(who, descriptor)),
    ...odd(live),
  ];
}

/** A process as findings name it. */
export function named({ pid, thread, name }: Process): ProcessName {
  return { pid, ...(thread === undefined ? {} : { thread }), name };
}

function asRoot(live: Process): Finding[] {
  const { uids } = live;
  const who = named(live);
  if (uids[1] === 0) return [finding("process-root", { who })];
  const kept = uidNames[uids.indexOf(0)];
  return kept === undefined ? [] : [finding("process-kept-root", { who, kept })];
}

function held(who: ProcessName, { number, type, path }: Descriptor): Finding {
  const evidence = { who, path, number };
  switch (type) {
    case "directory":
      return finding("process-holds-directory", evidence);
    case "block device":
      return finding("process-holds-device", evidence);
    case "file":
      return finding("process-holds-file", evidence);
  }
}

function odd(live: Process): Finding[] {
  const { isNested, root, program, hasMoreDescriptors } = live;
  const who = named(live);
  return [
    ...(isNested ? [finding("process-nested-root", { who, root })] : []),
    ...(program?.endsWith(" (deleted)") ? [finding("process-old-program", { who, program })] : []),
    ...(hasMoreDescriptors ? [finding("process-many-descriptors", { who })] : []),
  ];
}
