import { globsOf } from "../../intent/glob/glob";
import { show } from "../../model/bytes";
import { type Observation, rootOf } from "../../observe/observation";
import type { ResourceKind } from "../kind";
import { accountFiles, accountNames, accountProblems } from "./accounts";
import { type JailInputs, jailArgs, userProblems } from "./args";
import { jailClaims } from "./claims";
import { deviceFiles, deviceOwners } from "./devices";
import { followLinks } from "./follow-links";
import { hostFiles } from "./host-files";
import { jailDaemon, jailIntent } from "./intent";
import { mountOwners } from "./mounts";

export const jailKind: ResourceKind = {
  name: "Jail",
  declaresJail: true,
  schema: jailArgs,
  keys: Object.keys(jailArgs.shape),
  claims: ({ args, owner }) => jailClaims(args as JailInputs, owner),
  jailIntent,
  daemon: jailDaemon,
  failsOnStaleProcess: ({ failOnStaleProcess }) => failOnStaleProcess === true,
  followed: followLinks,
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
  problems: ({ args }, principals) => [
    ...userProblems(args as JailInputs, principals),
    ...accountProblems((args as JailInputs).accounts, principals),
  ],
  readRest: (declaration) => {
    const { exclude, protect } = jailIntent(declaration);
    globsOf(exclude);
    globsOf(protect);
  },
  site: (args) => {
    const { connection, root } = args as JailInputs;
    return { connection, root };
  },
  recorded: ({ connection: _, ...args }) => args,
  replacedBy: (olds, news) => (olds["root"] === news["root"] ? [] : ["root"]),
  outputs: (observation, { findings, limits }) => ({
    machineId: observation.machineId,
    ...rootOutputs(observation),
    findings,
    notChecked: [
      ...limits,
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
