import type { FleetHosts } from "../host";
import type { Labels } from "../labels";
import { connectionOf } from "./connection-of";
import type { Graph } from "./graph";
import { Precedence } from "./precedence";
import { HostVariables } from "./variables";

/** Variables whose names say that they are secrets: labels are shown. */
const secret = /pass(?:w|phrase|$|_)|secret|token|credential|(?:private|api|access)_?key/i;

/** The hosts of an Ansible inventory, in the order in which it names them. */
export function hostsOf(graph: Graph): FleetHosts {
  const precedence = new Precedence(graph);
  return Object.fromEntries(
    [...graph.hosts.values()].map((host) => {
      const variables = new HostVariables(host.name, precedence.variablesOf(host));
      const groups = precedence.groupsOf(host).map(({ name }) => name);
      const labels = labelsOf(
        variables,
        groups.filter((name) => name !== "ungrouped"),
      );
      return [host.name, { ...connectionOf(variables, host.where), ...(labels ? { labels } : {}) }];
    }),
  );
}

/** The label `group` with all groups of the host, and a label for each variable with a text or a list of texts. */
function labelsOf(variables: HostVariables, groups: readonly string[]): Labels | undefined {
  const own = [...variables].flatMap(([name, { value }]): [string, string | readonly string[]][] => {
    const isLabel = !name.startsWith("ansible_") && name !== "group" && !secret.test(name);
    return isLabel && !(typeof value === "object" && "unread" in value) ? [[name, value]] : [];
  });
  const labels = [...(groups.length > 0 ? ([["group", [...groups].sort()]] as const) : []), ...own];
  return labels.length > 0 ? Object.fromEntries(labels) : undefined;
}
