import type { Declaration } from "../../intent/declaration";
import type { DaemonIntent, JailIntent } from "../../intent/jail-intent";
import { bytesOf } from "../../model/bytes";
import { detailsOf } from "./accounts";
import type { JailInputs } from "./args";
import { logMount, logPath } from "./log-socket";
import { mountClaims } from "./mounts";

/** Reads a Jail's arguments for the other rooms. Arguments of a damaged record may be missing. */
export function jailIntent({ args, owner }: Pick<Declaration, "args" | "owner">): JailIntent {
  const { root = "", user, group, adopt, takeOverFrom, onDelete, undeclared, ...jail } = args as Partial<JailInputs>;
  const { logSocket, accounts: { users = {}, groups = {} } = {} } = jail;
  const mount = logMount(logSocket, owner);
  const socket = logSocket && {
    at: bytesOf(logPath(logSocket)),
    from: logSocket.from,
    reason: logSocket.reason,
    ...(logSocket.foundIn === undefined ? {} : { foundIn: logSocket.foundIn }),
    ...(mount ? { mount } : {}),
  };
  return {
    root,
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    isAdopted: adopt === true,
    ...(takeOverFrom === undefined ? {} : { takeOverFrom }),
    directories: jail.directories ?? {},
    writable: jail.writable ?? {},
    binaries: jail.binaries ?? {},
    hasDevices: Object.keys(jail.devices ?? {}).length > 0,
    mounts: mountClaims(jail.mounts, owner),
    ...(socket ? { logSocket: socket } : {}),
    users: Object.fromEntries(Object.entries(users).map(([name, one]) => [name, detailsOf(one)])),
    groups,
    exclude: jail.exclude ?? {},
    undeclared: undeclared ?? "report",
    protect: jail.protect ?? {},
    pruneAnyway: jail.pruneAnyway ?? {},
    accept: jail.accept ?? {},
    isRemoved: onDelete === "removeCreated",
  };
}

/** The account of the jail's own daemon. */
export function jailDaemon(args: Declaration["args"]): DaemonIntent | undefined {
  const { user, group } = args as Partial<JailInputs>;
  return user === undefined ? undefined : { user, groups: group === undefined ? [] : [group] };
}
