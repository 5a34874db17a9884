import type { Declaration } from "../../intent/declaration";
import type { DaemonIntent } from "../../intent/jail-intent";
import type { MountClaim } from "../../intent/mount-claim";
import { utf8Of } from "../../model/bytes";
import { principalId } from "../../model/entry";
import { jailIntent } from "../jail/intent";
import { isWritableMount } from "../jail/mounts";
import { sameRoot } from "../jail-reference";
import type { Launcher, ResourceKind, Started } from "../kind";
import { type WrapperInputs, wrapperArgs } from "./args";
import { launchOf } from "./launch";

/** Seconds that a restart may take. */
const restartLimit = 60;

export const wrapperKind: ResourceKind = {
  name: "Wrapper",
  declaresJail: false,
  schema: wrapperArgs,
  keys: Object.keys(wrapperArgs.shape),
  claims: () => [],
  place: ({ path }) => String(path),
  launcher: (args) => launcherOf(args as Partial<WrapperInputs>),
  failsOnStaleProcess: ({ failOnStaleProcess }) => failOnStaleProcess === true,
  daemon: (args) => daemonOf(args as Partial<WrapperInputs>),
  accounts: ({ args }) => {
    const { user, group, supplementaryGroups = [] } = args as Partial<WrapperInputs>;
    const groups = [...(group === undefined ? [] : [group]), ...supplementaryGroups];
    return { users: user === undefined ? [] : [user], groups };
  },
  started,
  commands: (args) => commandsOf(args as Partial<WrapperInputs>),
  site: (args) => (args as WrapperInputs).jail,
  recorded: ({ jail: _, ...args }) => args,
  replacedBy: (olds, news) => [
    ...(sameRoot(olds, news) ? [] : ["jail"]),
    ...(olds["path"] === news["path"] ? [] : ["path"]),
  ],
  outputs: (_observation, { findings }) => ({ findings }),
};

function launcherOf({ path = "", kind = "script", reason = "" }: Partial<WrapperInputs>): Launcher {
  return { path, form: kind, reason };
}

function daemonOf({ user, group, supplementaryGroups = [] }: Partial<WrapperInputs>): DaemonIntent | undefined {
  return user === undefined
    ? undefined
    : { user, groups: [...(group === undefined ? [] : [group]), ...supplementaryGroups] };
}

/** Undefined where a part is unknown: a name that the host does not have, or a Wrapper of which only the path was told. */
function started(
  { owner: { label }, args }: Declaration,
  { jail, root, principals: { uids, gids } }: Parameters<NonNullable<ResourceKind["started"]>>[1],
): Started | undefined {
  const own = args as WrapperInputs;
  if (own.command === undefined || !jail) return undefined;
  const { user, group, writable, mounts } = jailIntent(jail);
  const uid = principalId(own.user ?? user ?? "", uids);
  const gid = principalId(own.group ?? group ?? "", gids);
  const writer = "." in writable ? principalId(group ?? "", gids) : undefined;
  const groups = (own.supplementaryGroups ?? []).map((name) => principalId(name, gids));
  if (uid === undefined || gid === undefined || groups.some((one) => one === undefined)) return undefined;
  const launch = launchOf(own, {
    label: label.replace("::", " "),
    root,
    ...(writer === undefined ? {} : { rootWriter: writer }),
    writable: [...Object.keys(writable), ...mounts.filter(isWritableMount).map(placeText)],
    mounts: mounts.map(placeText),
    uid,
    gid,
    groups: groups.filter((one) => one !== undefined),
  });
  return { launch, form: own.kind ?? "script", path: own.path };
}

function placeText({ at }: MountClaim): string {
  return utf8Of(at);
}

/** systemd reads a unit again when it is told to. */
function commandsOf({ kind, restart }: Partial<WrapperInputs>): { onChange?: { argv: string[]; timeLimit: number }[] } {
  const commands = [...(kind === "systemd" ? [["systemctl", "daemon-reload"]] : []), ...(restart ? [restart] : [])];
  return commands.length === 0 ? {} : { onChange: commands.map((argv) => ({ argv, timeLimit: restartLimit })) };
}
