import { show } from "../../model/bytes";
import { type Observation, rootOf } from "../../observe/observation";
import type { Plan } from "../../plan/plan";
import type { ResourceKind } from "../kind";
import { accountFiles, accountNames, accountProblems } from "./accounts";
import { type JailInputs, jailArgs } from "./args";
import { jailClaims } from "./claims";
import { deviceFiles, deviceOwners } from "./devices";
import { hostFiles } from "./host-files";
import { mountOwners } from "./mounts";

export const jailKind: ResourceKind = {
  name: "Jail",
  declaresJail: true,
  schema: jailArgs,
  keys: Object.keys(jailArgs.shape),
  claims: ({ args, owner }) => jailClaims(args as JailInputs, owner),
  files: ({ args, owner }, { principals }) => {
    const { devices, accounts, hostFiles: copies } = args as JailInputs;
    return [...deviceFiles(devices, owner), ...accountFiles(accounts, owner, principals), ...hostFiles(copies, owner)];
  },
  accounts: ({ args }) => {
    const { user, group, devices, accounts, mounts } = args as JailInputs;
    const own = { users: [user], groups: [group] };
    const named = [own, deviceOwners(devices), accountNames(accounts), mountOwners(mounts)];
    return { users: named.flatMap(({ users }) => users), groups: named.flatMap(({ groups }) => groups) };
  },
  problems: ({ args }, principals) => accountProblems((args as JailInputs).accounts, principals),
  site: (args) => {
    const { connection, root } = args as JailInputs;
    return { connection, root };
  },
  recorded: ({ connection: _, ...args }) => args,
  replacedBy: (olds, news) => (olds["root"] === news["root"] ? [] : ["root"]),
  outputs: (observation, plan, processes) => ({
    machineId: observation.machineId,
    ...rootOutputs(observation),
    findings: [...processes, ...findings(plan)],
    notChecked: [
      ...observation.gaps,
      ...observation.notices,
      ...observation.mounts.map((mount) => `${show(mount)}: a mount point, left alone`),
    ],
  }),
};

function rootOutputs(observation: Observation): { device?: string; inode?: string } {
  const root = rootOf(observation);
  if (!root) return {};
  const [device = "", inode = ""] = root.inode.split(":");
  return { device, inode };
}

/** Mounts and entries that no resource declares, as text; never all of a large tree. */
function findings({ undeclared, foreignMounts }: Plan): string[] {
  const mounts = foreignMounts.map((path) => `${show(path)}: something is mounted that no resource declares`);
  const shown = undeclared.paths.map((path) => `${show(path)} is not declared by any resource`);
  const more = undeclared.count - shown.length;
  return more > 0 ? [...mounts, ...shown, `(and ${more.toLocaleString("en-US")} more)`] : [...mounts, ...shown];
}
