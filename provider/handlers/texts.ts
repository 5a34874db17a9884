import type { Use } from "../agent/asking";
import { textOf } from "../agent/files";
import type { Site } from "../agent/site";
import { isOnHost } from "../intent/file-claim";
import { type Bytes, bytesOf, fromWire } from "../model/bytes";
import type { Difference } from "../plan/difference";
import { isStable } from "../plan/zone";
import { changedLines } from "../render/changed-lines";
import type { Content } from "./content";
import type { View } from "./view";

/** Bytes of a text that is worth to be compared line by line. */
const longest = 64 * 1024;

/**
 * What has changed in a text, line by line, for a log. Nothing of a secret; and of a file in the jail only where nobody but
 * root could put another one in its place, as that might be any file of the host.
 */
export async function textDifference(
  { path, put }: Difference,
  { observation }: View,
  site: Site,
  content: Content | undefined,
  use: Use,
): Promise<string[]> {
  const { want, live, claim } = put ?? {};
  if (!want || !live || claim?.is.type !== "file" || Math.max(want.size ?? Infinity, live.size) > longest) return [];
  const { content: wish } = claim.is;
  if (!wish || (wish.from === "program" && wish.isSecret)) return [];
  if (!isOnHost(path) && !isStable(observation.entries, path)) return [];
  const source = wish.from === "host" ? wish.path : undefined;
  const paths = source === undefined ? [path] : [path, source];
  const [there, onHost] = await use((agent) => textOf(agent, site, paths));
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
