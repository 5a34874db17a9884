import type { Use } from "../../agent/channel/lease";
import { textOf } from "../../agent/requests/files";
import { isOnHost } from "../../intent/file-claim";
import { type Bytes, bytesOf, fromWire } from "../../model/bytes";
import type { Difference } from "../../plan/difference";
import { isStable } from "../../plan/seal/zone";
import { changedLines } from "../../render/text/changed-lines";
import type { Assessment } from "./assessment";
import type { Content } from "./content";

/** Bytes of a text that is worth to be compared line by line. */
const longest = 64 * 1024;

/**
 * The changes of a text, line by line, for a log. Shows nothing of a secret, and nothing of a file that not everybody may read
 * on its host. A file in the jail is shown only if root alone can replace it: otherwise any file could stand in its place.
 */
export async function lineDiff(
  { path, put }: Difference,
  { observation }: Assessment,
  content: Content | undefined,
  use: Use,
): Promise<string[]> {
  const { want, live, claim } = put ?? {};
  if (!want || !live || claim?.is.type !== "file" || Math.max(want.size ?? Infinity, live.size) > longest) return [];
  const { content: wish } = claim.is;
  if (!wish || wish.isSecret) return [];
  if (!isOnHost(path) && !isStable(observation.entries, path)) return [];
  const source = wish.from === "host" ? wish.path : undefined;
  const paths = source === undefined ? [path] : [path, source];
  const [there, onHost] = await use((agent) => textOf(agent, paths));
  const declared = onHost ?? (await declaredText(wish.from === "program" ? wish.text : undefined, content));
  return there === undefined || declared === undefined ? [] : changedLines(there, declared);
}

async function declaredText(text: string | undefined, content: Content | undefined): Promise<Bytes | undefined> {
  if (text !== undefined) return bytesOf(text);
  if (!content) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of content.chunks()) chunks.push(chunk);
  return fromWire(Buffer.concat(chunks).toString("latin1"));
}
