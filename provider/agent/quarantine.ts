import { type Bytes, bytesOf, fromWire, show, showRemote, toBuffer } from "../model/bytes";
import { quarantineDays } from "../model/path";
import type { Step } from "../plan/steps";
import type { Agent } from "./agent";
import { toAgent } from "./records";
import { type Reply, whyOf } from "./reply";

/** What has been moved away, by path: its name in the quarantine. */
export type Moved = ReadonlyMap<Bytes, string>;

export const nothingMoved: { readonly moved: Moved; readonly errors: readonly string[] } = {
  moved: new Map(),
  errors: [],
};

/** Paths in one request: for each directory the host looks at all of its processes. */
const batch = 200;

/** Moves what is at the paths of some steps to the quarantine, each by one rename, with a line in the index there. */
export async function moveAway(agent: Agent, steps: readonly Step[]): Promise<{ moved: Moved; errors: string[] }> {
  const replies: Reply[] = [];
  for (let from = 0; from < steps.length; from += batch) {
    const items = steps.slice(from, from + batch).map(({ path, reason = "" }) => {
      const note = `${show(path)}: ${show(bytesOf(reason))}`;
      return `${bytesOf(note)}\n${toAgent(path)}\0`;
    });
    const data = toBuffer(items.join("") as Bytes);
    replies.push(await agent.request(`quarantine ${data.length}`, data));
  }
  const moved = new Map<Bytes, string>();
  const errors: string[] = [];
  for (const reply of replies) {
    for (const piece of reply.lists.get("moved")?.pieces ?? []) {
      const [, word, what = "", path = ""] = /^(moved|busy) (.*)\n\.\/\/([\s\S]*)$/.exec(piece) ?? [];
      if (word === "moved") moved.set(fromWire(path), what);
      if (word === "busy") errors.push(busyText(fromWire(path), what));
    }
    if (reply.status !== 0) errors.push(`quarantine: ${whyOf(reply)}`);
  }
  return { moved, errors };
}

/** The name is the process's own choice. */
function busyText(path: Bytes, who: string): string {
  const [pid = "", ...name] = who.split(" ");
  return `${show(path)} is left there: it is, or has below it, the working directory or root of process ${pid} (${showRemote(name.join(" "))})`;
}

/** Removes what has been in the quarantine for too long; gives how much that was. */
export async function expire(agent: Agent): Promise<number> {
  const { lines } = await agent.request(`expire ${quarantineDays}`);
  return Number(lines.find(([word]) => word === "expired")?.[1] ?? 0);
}
