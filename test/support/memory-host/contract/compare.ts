import { readFileSync } from "node:fs";
import type { Agent } from "../../../../provider/agent/channel/agent";
import type { Reply } from "../../../../provider/agent/channel/reply";
import { lineOf, notDone } from "../../../../provider/agent/protocol";
import { registryHome, registryName } from "../../../../provider/agent/site";
import { type Bytes, toBuffer } from "../../../../provider/model/bytes";
import { type Seen, walk } from "../../jail-site";
import type { LabHost } from "../../sshd";
import type { MemoryHost } from "../memory-host";
import type { Case, Step } from "./case";

/** Sends the requests of a case without waiting, and gives all replies in a form that two hosts can agree on. */
export async function answers(agent: Agent, steps: readonly Step[]): Promise<ReturnType<typeof plain>[]> {
  const chains = new Map<number, ReturnType<Agent["chain"]>>();
  const sent = steps.map(({ word, fields, chain, isAttempt }) => {
    const { data, ...values } = fields;
    const line = lineOf(word, values, Buffer.isBuffer(data) ? data.length : undefined);
    if (chain !== undefined && !chains.has(chain)) chains.set(chain, agent.chain());
    const to = chain === undefined ? agent : chains.get(chain);
    const at = isAttempt && to && "attempts" in to ? to.attempts : to;
    return (at ?? agent).request(line, Buffer.isBuffer(data) ? data : undefined);
  });
  const replies = await Promise.all(sent);
  return replies.map((reply, index) => plain(reply, steps[index]?.word ?? ""));
}

/** A reply without the numbers and times that differ from host to host. */
function plain({ status, error, lines, lists, entries }: Reply, of: string) {
  const ended = (of: number) => (of === 0 ? "well" : of === notDone ? "not done" : "badly");
  return {
    of,
    ended: ended(status),
    said: masked(error).split("\n").sort(),
    lines: lines.flatMap(([word, text]) => (isOwn(word, text) ? [] : [`${word} ${masked(text)}`])).sort(),
    lists: Object.fromEntries(
      [...lists].map(([name, list]) => [
        name,
        [ended(list.status), ...list.pieces.filter(isTold(name)).map(masked).sort()],
      ]),
    ),
    entries: [...entries].map(([path, live]) => `${path} ${JSON.stringify(withoutNumbers(live))}`).sort(),
  };
}

/** Lists that the host's tools print in their own ways, as other tests read them. */
const printed = new Set(["entries", "stats", "getfacl", "getcap"]);

/** The parts of the replies that the agent itself says, by its shell, whatever tools the host has. Without getent it finds no names. */
export function agentsOwn(replies: readonly ReturnType<typeof plain>[]): unknown[] {
  return replies.map(({ of, ended, lines, lists }) => ({
    of,
    ended,
    lines: lines.filter((line) => !/^(gap|without|passwd|group) /.test(line)),
    lists: Object.fromEntries(Object.entries(lists).filter(([name]) => !printed.has(name))),
  }));
}

/** Facts that a host has for itself. */
function isOwn(word: string, text: string): boolean {
  return ["kernel", "machine", "now", "inode", "room", "on"].includes(word) || text === "protected_hardlinks";
}

/** Only flags count that keep root from a change. */
function isTold(name: string): (piece: string) => boolean {
  return (piece) => name !== "flags" || /^[-A-Za-z]*[ia]/.test(piece);
}

function masked(text: string): string {
  return (
    text
      // The number begins anew with each second.
      .replace(/\d{8}T\d{6}-\d+/g, "TIME")
      .replace(/^\d+:\d+ \d+$/, "INODE TIME")
      .replace(/^\d+:\d+ (?=\d+ \d+:\d+ [0-7]+ )/, "INODE ")
      .replace(/^(4[0-9a-f]{3} .*?) \d+:\d+ \d+ /, "$1 INODE SIZE ")
      .replace(/^([0-9a-f]+ \d+ \d+ \d+) \d+:\d+ /, "$1 INODE ")
  );
}

function withoutNumbers({ inode: _, size, ...live }: Omit<Seen, "ctime">): object {
  return live.type === "directory" ? live : { ...live, size };
}

/** The directories that a case is about. */
function tops({ root, beside = [] }: Case): string[] {
  return [root, `${registryHome}/${registryName(root)}`, ...beside];
}

/** The trees of a case afterwards on a real host: each entry, with its content. */
export function treesOnHost(host: LabHost, of: Case): string[] {
  return tops(of).flatMap((top) => {
    const read = (path: Bytes) =>
      readFileSync(Buffer.concat([Buffer.from(`${host.path(top)}/`), toBuffer(path)]), "latin1");
    return told(top, () => walk(host.path(top)), read);
  });
}

/** The same in memory. */
export function treesInMemory(host: MemoryHost, of: Case): string[] {
  return tops(of).flatMap((top) =>
    told(
      top,
      () => host.walk(top),
      (path) => host.tree.read(`${top}/${path}`),
    ),
  );
}

function told(top: string, seen: () => Map<Bytes, Seen>, read: (path: Bytes) => string): string[] {
  let tree = new Map<Bytes, Seen>();
  try {
    tree = seen();
  } catch {
    return [`${top}: nothing`]; // An absent top cannot be walked.
  }
  if (tree.get("." as Bytes)?.type !== "directory") return [`${top}: nothing`];
  return [...tree]
    .map(([path, { ctime: _, acl: __, capabilities: ___, ...live }]) => {
      const text = live.type === "file" ? read(path) : "";
      const shown = text.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "TIME");
      return masked(`${top} ${path} ${JSON.stringify(withoutNumbers(live))} ${shown}`).replace(/^\d+:\d+ /gm, "INODE ");
    })
    .sort();
}
