import type { Declaration } from "../../intent/declaration";
import { type Principals, principalId } from "../../model/entry";
import { sameRoot } from "../fields";
import type { JailInputs } from "../jail/args";
import { writableMounts } from "../jail/mounts";
import type { ResourceKind, Started } from "../kind";
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
  accounts: ({ args }) => {
    const { user, group, supplementaryGroups = [] } = args as Partial<WrapperInputs>;
    const groups = [...(group === undefined ? [] : [group]), ...supplementaryGroups];
    return { users: user === undefined ? [] : [user], groups };
  },
  started: ({ owner, args }, { jail, root, principals }) => started(owner.label, args, jail, root, principals),
  commands: (args) => commandsOf(args as Partial<WrapperInputs>),
  site: (args) => (args as WrapperInputs).jail,
  recorded: ({ jail: _, ...args }) => args,
  replacedBy: (olds, news) => [
    ...(sameRoot(olds, news) ? [] : ["jail"]),
    ...(olds["path"] === news["path"] ? [] : ["path"]),
  ],
  outputs: (_observation, _plan, processes) => ({ findings: processes }),
};

/** Undefined where not all of it is known: a name that the host does not have, or a Wrapper of which only the path was told. */
function started(
  label: string,
  args: Declaration["args"],
  jail: Declaration | undefined,
  root: string,
  { uids, gids }: Principals,
): Started | undefined {
  const own = args as WrapperInputs;
  if (own.command === undefined || !jail) return undefined;
  const { user, group, writable = {}, mounts = {} } = jail.args as Partial<JailInputs>;
  const uid = principalId(own.user ?? user ?? "", uids);
  const gid = principalId(own.group ?? group ?? "", gids);
  const writer = "." in writable ? principalId(group ?? "", gids) : undefined;
  const groups = (own.supplementaryGroups ?? []).map((name) => principalId(name, gids));
  if (uid === undefined || gid === undefined || groups.some((one) => one === undefined)) return undefined;
  const launch = launchOf(own, {
    label: label.replace("::", " "),
    root,
    ...(writer === undefined ? {} : { rootWriter: writer }),
    writable: [...Object.keys(writable), ...writableMounts(mounts)],
    mounts: Object.keys(mounts),
    uid,
    gid,
    groups: groups.filter((one) => one !== undefined),
  });
  return { launch, form: own.kind ?? "script", path: own.path };
}

/** systemd reads a unit again when it is told to. */
function commandsOf({ kind, restart }: Partial<WrapperInputs>): { onChange?: { argv: string[]; timeLimit: number }[] } {
  const commands = [...(kind === "systemd" ? [["systemctl", "daemon-reload"]] : []), ...(restart ? [restart] : [])];
  return commands.length === 0 ? {} : { onChange: commands.map((argv) => ({ argv, timeLimit: restartLimit })) };
}
