import { createHash } from "node:crypto";
import { type Bytes, bytesOf, toBuffer, utf8Of } from "../../model/bytes";
import type { Digest } from "../../model/digest";
import { stagingName } from "../../model/path";
import { isDevice } from "../../plan/contents/devices";
import type { Put } from "../../plan/difference";
import type { Step } from "../../plan/steps";
import type { Agent } from "../channel/agent";
import { ask, type Requests } from "../channel/ask";
import type { Chain } from "../channel/chain";
import { hasLine, type Reply, toldIn } from "../channel/reply";
import { placeToAgent } from "../paths";
import { lineOf } from "../protocol";
import { registryHome, registryName } from "../site";
import { aclEntries, fiveDigits } from "./apply";
import type { Reader } from "./command";
import { expectPut, PutError } from "./delivery-error";

/** The source of a file's content: our bytes, or a file of the host. */
export type Source =
  | { readonly digest: Digest; readonly bytes: Buffer }
  | { readonly digest: Digest; readonly chunks: () => AsyncIterable<Buffer> }
  | { readonly digest: Digest; readonly hostFile: Bytes };

/**
 * Makes a file or a link beside its place, whole and with all its fields; the old one stays untouched. All requests are
 * sent before any reply is waited for, as a chain: many files are one round trip. Gives the inode of a file, whose
 * content the host has checked.
 */
export async function stageFile(
  agent: Agent,
  step: Step,
  source: Source | undefined,
  { chain = agent.chain(), reader }: { chain?: Chain; reader?: Reader | undefined } = {},
): Promise<string | undefined> {
  const { path, put } = step;
  const shown = reader ? lentTo(step, reader) : step;
  const { is } = put?.claim ?? {};
  const at = placeToAgent(path);
  const begin = () => ask(chain, "at", { data: toBuffer(at), key: keyOf(put, path), gid: reader?.gid });
  if (is?.type === "link") {
    await expectAll([begin(), ask(chain, "symlink", { data: toBuffer(is.target) })]);
    return undefined;
  }
  if (put && isDevice(put.claim)) {
    const { is } = put.claim;
    const make = () => ask(chain, "device", { type: is.type.charAt(0), major: is.major, minor: is.minor });
    await expectAll([begin(), make(), setFields(chain, step)]);
    return undefined;
  }
  const { size, sha256 } = source?.digest ?? {};
  if (!source || size === undefined) throw new PutError("its content is not known here: run the command again");
  const begun = begin();
  if (!("chunks" in source)) {
    const filled = fillAtOnce(chain, source);
    await expectAll([begun, filled, setFields(chain, shown)]);
    return inodeOf(await filled);
  }
  await expectAll([begun]);
  const room = Number(toldIn(await begun, "room") ?? Number.NaN) * 1024;
  // The host has the last word on a file that may just fit.
  if (size > room)
    throw new PutError(
      `it has ${size.toLocaleString("en-US")} bytes, and the file system has room for ${room.toLocaleString("en-US")}: make room there`,
    );
  const filled = agent.stream(lineOf("fill", { sha256 }, size), size, source.chunks());
  await expectAll([filled]);
  await expectAll([setFields(chain, shown)]);
  return inodeOf(await filled);
}

/** The step of a staged file for a reader: the user's rights in it become those of the reader's own number. */
function lentTo(step: Step, { uid, nobody }: Reader): Step {
  const { capabilities: _, owner, acl, mode = 0o644, ...rest } = step;
  return {
    ...rest,
    mode: mode & 0o777,
    ...(owner ? { owner: owner.uid === uid ? { ...owner, uid: nobody } : owner } : {}),
    ...(acl ? { acl: acl.map((entry) => entry.replace(`user:${uid}:`, `user:${nobody}:`)) } : {}),
  };
}

/** Gives a staged file its own fields again, after {@link stageFile} has lent it to a reader. */
export async function setOwnFields(chain: Chain, step: Step): Promise<void> {
  await expectAll([setFields(chain, step)]);
}

function fillAtOnce(to: Requests, source: Exclude<Source, { chunks: unknown }>): Promise<Reply> {
  const { size = 0, sha256 } = source.digest;
  if ("bytes" in source) return ask(to, "fill", { data: source.bytes, sha256 });
  return ask(to, "copy", { data: toBuffer(source.hostFile), size, sha256 });
}

function inodeOf(reply: Reply): string | undefined {
  return toldIn(reply, "inode");
}

function setFields(to: Requests, { owner, mode, acl, capabilities }: Step): Promise<Reply> {
  const entries = acl && acl.length > 0 ? aclEntries(acl) : "-";
  const ids = `${owner?.uid ?? 0}:${owner?.gid ?? 0}`;
  return ask(to, "fields", { ids, mode: fiveDigits(mode ?? 0o644), entries, capabilities });
}

/**
 * Puts a staged file in place. The old one is kept until `unplace`. False where its directory does not exist yet: the
 * file stays staged.
 */
export async function placeStaged(to: Requests, { path, put }: Step): Promise<boolean> {
  const at = placeToAgent(path);
  const reply = await ask(to, "place", { data: toBuffer(at), key: keyOf(put, path) });
  expectPut(reply);
  return !hasLine(reply, "absent");
}

/** Takes a new file away again, and puts the old one back. */
export async function takeBack(agent: Agent, { path, put }: Step): Promise<void> {
  const at = placeToAgent(path);
  expectPut(await ask(agent, "back", { data: toBuffer(at), key: keyOf(put, path) }));
}

/** The path of a staged file, as its host and as the jail see it. */
export function stagedPaths(root: string, { path, put }: Step): { file: string; jailFile: string } {
  const name = utf8Of(path.slice(path.lastIndexOf("/") + 1));
  const jailFile = `/${stagingName}/${keyOf(put, path)}/${name}`;
  return { file: `${root}${jailFile}`, jailFile };
}

/** The copy of the file that was replaced last at a path of a resource, if one was. */
export function backupPath(root: string, token: string, path: Bytes): Bytes {
  return bytesOf(`${registryHome}/${registryName(root)}/backup/${keyFor(token, path)}`);
}

function keyOf(put: Put | undefined, path: Bytes): string {
  return keyFor(put?.claim.by.token ?? "", path);
}

/** Names the staging directory and the backup of a file: one for each resource and path. */
function keyFor(token: string, path: Bytes): string {
  const hash = createHash("sha256").update(path, "latin1").digest("hex");
  return `${token}-${hash.slice(0, 8)}`;
}

/** Removes a file or a link whose name only root can change. */
export async function removeFile(agent: Agent, path: Bytes): Promise<void> {
  const at = placeToAgent(path);
  expectPut(await ask(agent, "remove", { data: toBuffer(at) }));
}

/** Removes all staged files. */
export async function removeStaged(agent: Agent): Promise<void> {
  await ask(agent, "unplace");
}

/** Throws the first error. */
async function expectAll(replies: readonly Promise<Reply>[]): Promise<void> {
  for (const reply of await Promise.all(replies)) expectPut(reply);
}
