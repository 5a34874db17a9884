import { type Bytes, bytesOf, fromWire, show, toBuffer } from "../../model/bytes";
import { groupBy } from "../../model/group-by";
import { quarantineDays } from "../../model/path";
import { type Use, type Uses, usesOfBoth } from "../../observe/uses";
import type { Step } from "../../plan/steps";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { type Reply, toldIn, whyOf } from "../channel/reply";
import { toAgent } from "../paths";
import { readUses } from "./uses";

/** The new names in the quarantine, by path. */
export type Moved = ReadonlyMap<Bytes, string>;

/** The result of moving things away. */
export interface MovedAway {
  readonly moved: Moved;
  readonly errors: readonly string[];
  /** Undeclared entries that stay, as a process uses them or may use them. */
  readonly uses: Uses;
}

export const nothingMoved: MovedAway = { moved: new Map(), errors: [], uses: { used: new Map() } };

/** Paths in one request: little time may pass between the look at the processes and the last rename. */
const batch = 200;

/** Moves the entries of some steps to the quarantine, each by one rename, with a line in the index there. */
export async function moveAway(agent: Agent, steps: readonly Step[]): Promise<MovedAway> {
  const kinds = [...groupBy(steps, ({ prune = "" }) => prune)];
  const results = await Promise.all(kinds.map(([kind, of]) => moveBatches(agent, kind, of)));
  return {
    moved: new Map(results.flatMap(({ moved }) => [...moved])),
    errors: results.flatMap(({ errors }) => errors),
    uses: results.map(({ uses }) => uses).reduce(usesOfBoth, nothingMoved.uses),
  };
}

/** Moves entries in batches. `kind` says which uses by processes count: "" for declared entries, else as in a step. */
async function moveBatches(agent: Agent, kind: string, steps: readonly Step[]): Promise<MovedAway> {
  const replies: Reply[] = [];
  for (let from = 0; from < steps.length; from += batch) {
    const items = steps.slice(from, from + batch).map(({ path, reason = "" }) => {
      const note = `${show(path)}: ${show(bytesOf(reason))}`;
      return `${bytesOf(note)}\n${toAgent(path)}\0`;
    });
    const data = toBuffer(items.join("") as Bytes);
    replies.push(await ask(agent, "quarantine", { data, kind: kind || undefined }));
  }
  const pieces = replies.flatMap(({ lists }) => lists.get("moved")?.pieces ?? []);
  const uses = readUses(pieces);
  const moved = pieces.flatMap((piece): [Bytes, string][] => {
    const [, name = "", path] = /^moved (.*)\n\.\/\/([\s\S]*)$/.exec(piece) ?? [];
    return path === undefined ? [] : [[fromWire(path), name]];
  });
  const failed = replies.filter(({ status }) => status !== 0).map((reply) => `quarantine: ${whyOf(reply)}`);
  const isPrune = kind !== "";
  return {
    moved: new Map(moved),
    errors: [...(isPrune ? [] : [...uses.used].map(([path, use]) => busyText(path, use))), ...failed],
    uses: isPrune ? uses : nothingMoved.uses,
  };
}

/** The name is the process's own choice. */
function busyText(path: Bytes, { pid, name }: Use): string {
  return `${show(path)} is left there: it is, or has below it, the working directory or root of process ${pid} (${show(name)})`;
}

/** Removes things that have been in the quarantine for too long; gives their number. */
export async function expire(agent: Agent): Promise<number> {
  return Number(toldIn(await ask(agent, "expire", { days: quarantineDays }), "expired") ?? 0);
}
