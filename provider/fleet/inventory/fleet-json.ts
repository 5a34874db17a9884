import { z } from "zod";
import { connectionArgs } from "../../model/connection";
import { isMap } from "../../model/values";
import { argumentNamesAt, intendedIssues, issueMessage, notKnown } from "../../model/zod-issues";
import type { FleetHosts } from "../host";
import { InventoryMistake } from "./mistake";

const label = z.union([z.string(), z.array(z.string())]);
const hosts = z.record(z.string(), connectionArgs.extend({ labels: z.record(z.string(), label).optional() }));

/** The hosts of a fleet as JSON: `{ "ns1": { "host": "ns1.example.com", "labels": { "site": "ams" } } }`. */
export function fleetOf(json: unknown, path: string): FleetHosts {
  // The check below leaves it out without a word.
  if (isMap(json) && Object.hasOwn(json, "__proto__"))
    throw new InventoryMistake({
      where: path,
      why: "the host __proto__ has a name that JavaScript keeps for itself",
      remedy: "give the host another name",
    });
  const parsed = hosts.safeParse(json, { error: issueMessage });
  if (parsed.success) return parsed.data as FleetHosts;
  const [issue] = parsed.error.issues.flatMap(intendedIssues);
  const [name, ...property] = issue?.path.map(String) ?? [];
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const argument = [...property, ...unknown].join(".");
  const words = unknown.map((key) => notKnown(key, argumentNamesAt(hosts, issue?.path ?? [])))[0] ?? issue?.message;
  const why = words?.endsWith(", not undefined") ? "is missing" : words;
  throw new InventoryMistake({
    where: path,
    why: name === undefined ? `the file ${why}` : `the host ${name}${argument === "" ? "" : `: ${argument}`} ${why}`,
    remedy: 'write each host as "name": { "host": "address" }, with the properties of a connection and with labels',
  });
}
