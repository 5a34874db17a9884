import { show } from "../../model/bytes";
import { type Observation, rootOf } from "../../observe/observation";
import type { Plan } from "../../plan/plan";
import type { ResourceKind } from "../kind";
import { type JailInputs, jailArgs } from "./args";
import { jailClaims } from "./claims";

export const jailKind: ResourceKind = {
  name: "Jail",
  declaresJail: true,
  schema: jailArgs,
  keys: Object.keys(jailArgs.shape),
  claims: ({ args, owner }) => jailClaims(args as JailInputs, owner),
  site: (args) => {
    const { connection, root } = args as JailInputs;
    return { connection, root };
  },
  recorded: ({ connection: _, ...args }) => args,
  replacedBy: (olds, news) => (olds["root"] === news["root"] ? [] : ["root"]),
  outputs: (observation, plan) => ({
    machineId: observation.machineId,
    ...rootOutputs(observation),
    findings: findings(plan),
    notChecked: [
      ...observation.gaps,
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

/** Entries that no resource declares, as text; never all of a large tree. */
function findings({ undeclared }: Plan): string[] {
  const shown = undeclared.paths.map((path) => `${show(path)} is not declared by any resource`);
  const more = undeclared.count - shown.length;
  return more > 0 ? [...shown, `(and ${more.toLocaleString("en-US")} more)`] : shown;
}
