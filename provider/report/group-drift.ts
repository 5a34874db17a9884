import { type Bytes, show } from "../model/bytes";
import { groupBy } from "../model/group-by";
import { type WeightClass, weightClasses } from "../plan/difference";
import type { AssessmentV1 } from "../render/assessment/assessment-v1";
import { groupName } from "../render/text/group-text";
import { directoryOf, placeOf } from "../render/text/summary";
import type { HostReport } from "./fleet-report-v1";

type Difference = AssessmentV1["differences"][number];

/** One drift that hosts have in common. */
export interface DriftGroup {
  readonly root: string;
  /** A path in the jail, or a glob where several paths differ alike: fit to print. With a leading "/", a path on the host. */
  readonly path: string;
  /** Different paths that the glob stands for; 1 for a path. */
  readonly paths: number;
  readonly weight: WeightClass;
  readonly live: string;
  readonly declared: string;
  /** The label of the resource that declares the path; its kind alone where the hosts' resources have different names. */
  readonly by: string;
  readonly reason: string;
  readonly isBlocked: boolean;
  /** Names of hosts, each once, in the order of the report. */
  readonly hosts: readonly string[];
  /** Differences on all these hosts. */
  readonly count: number;
}

/** Differences with everything in common but the path and the host. */
interface Cell {
  readonly likeness: string;
  readonly root: string;
  readonly one: Difference;
  readonly labels: readonly string[];
  readonly paths: readonly { readonly path: Bytes }[];
  readonly hosts: readonly string[];
  readonly count: number;
}

/** The fewest paths that become a glob: on the same hosts, in one directory of different hosts, and in several directories. */
const fewest = { same: 2, near: 6, apart: 20 };

/**
 * The drift of a fleet, worst first, and in a class the drift of the most hosts first. A path that gains root, is looser or is
 * beside the jail never becomes part of a glob.
 */
export function groupDrift(hosts: readonly HostReport[]): DriftGroup[] {
  const cells = [...cellsOf(hosts)];
  const exact = cells.filter(({ one }) => isSingle(one));
  const hostNumbers = new Map(hosts.map(({ name }, index) => [name, index]));
  const order = (cell: Cell) => cell.hosts.map((name) => hostNumbers.get(name)).join();
  const directory = ({ paths: [first] }: Cell) => (first ? directoryOf(first.path) : "");
  const plain = cells.filter(({ one }) => !isSingle(one));
  const same = merged(plain, fewest.same, (cell) => `${cell.likeness}${directory(cell)}\0${order(cell)}`);
  const near = merged(same, fewest.near, (cell) => `${cell.likeness}${directory(cell)}`);
  const apart = merged(near, fewest.apart, ({ likeness }) => likeness);
  const sorted = (cell: Cell) => ({
    ...cell,
    hosts: [...cell.hosts].sort((one, other) => (hostNumbers.get(one) ?? 0) - (hostNumbers.get(other) ?? 0)),
  });
  return [...exact, ...apart].map((cell) => groupOf(sorted(cell))).sort(worstFirst);
}

/** Whether no other path or line may take the place of a group's own. */
export function isWorst(weight: WeightClass): boolean {
  return weight === "gains root" || weight === "looser";
}

function isSingle({ weight, path }: Difference): boolean {
  return isWorst(weight) || path.startsWith("/");
}

/** Each path and way to differ, with its hosts. */
function cellsOf(hosts: readonly HostReport[]): Iterable<Cell> {
  const cells = new Map<
    string,
    { likeness: string; root: string; one: Difference; labels: Set<string>; hosts: Set<string>; count: number }
  >();
  for (const { name, jails } of hosts)
    for (const { root, differences } of jails)
      for (const one of differences) {
        const likeness = `${likenessOf(root, one)}\0`;
        const key = `${likeness}${one.path}`;
        const cell = cells.get(key) ?? { likeness, root, one, labels: new Set(), hosts: new Set(), count: 0 };
        cell.labels.add(one.by.label);
        cell.hosts.add(name);
        cell.count++;
        cells.set(key, cell);
      }
  return [...cells.values()].map(({ labels, hosts, ...cell }) => ({
    ...cell,
    labels: [...labels],
    paths: [{ path: cell.one.path }],
    hosts: [...hosts],
  }));
}

/** Without the resource's name, token and stack: each host has its own. */
function likenessOf(root: string, { live, declared, by, reason, weight, isBlocked }: Difference): string {
  return JSON.stringify([root, live, declared, kindOf(by.label), reason, weight, isBlocked]);
}

function kindOf(label: string): string {
  return label.split("::")[0] ?? label;
}

/** Makes cells with one key into one cell, where they are enough. */
function merged(cells: readonly Cell[], least: number, keyOf: (cell: Cell) => string): Cell[] {
  return [...groupBy(cells, keyOf).values()].flatMap((alike) => {
    const [first] = alike;
    if (!first || alike.length < least) return alike;
    const paths = [...new Map(alike.flatMap((cell) => cell.paths).map((one) => [one.path, one])).values()];
    const names = [...new Set(alike.flatMap(({ hosts }) => hosts))];
    const labels = [...new Set(alike.flatMap((cell) => cell.labels))];
    return [{ ...first, labels, paths, hosts: names, count: alike.reduce((sum, { count }) => sum + count, 0) }];
  });
}

function groupOf({ root, one, labels, paths, hosts, count }: Cell): DriftGroup {
  const { weight, live, declared, reason, isBlocked = false } = one;
  const [label = "", ...others] = labels;
  const by = others.length === 0 ? label : kindOf(label);
  const path = paths.length === 1 ? show(one.path) : groupName(placeOf(paths));
  return { root, path, paths: paths.length, weight, live, declared, by, reason, isBlocked, hosts, count };
}

function worstFirst(one: DriftGroup, other: DriftGroup): number {
  const rank = ({ weight }: DriftGroup) => weightClasses.indexOf(weight);
  const place = ({ root, path }: DriftGroup) => `${root}\0${path}`;
  const byPlace = place(one) < place(other) ? -1 : Number(place(one) > place(other));
  return rank(one) - rank(other) || other.hosts.length - one.hosts.length || byPlace;
}
