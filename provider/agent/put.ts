import { createHash } from "node:crypto";
import type { Command } from "../intent/file-claim";
import { type Bytes, showRemote, toBuffer, utf8Of } from "../model/bytes";
import type { Digest } from "../model/digest";
import { stagingName } from "../model/path";
import { isDevice } from "../plan/devices";
import type { Put } from "../plan/difference";
import type { Step } from "../plan/steps";
import type { Agent } from "./agent";
import { aclEntries, fiveDigits } from "./apply";
import { type Chain, notDone, type Requests } from "./chain";
import { placeToAgent } from "./records";
import { type Reply, whyOf } from "./reply";

/** Where what is put in place comes from: bytes of ours, or a file of the host. */
export type Source =
  | { readonly digest: Digest; readonly bytes: Buffer }
  | { readonly digest: Digest; readonly chunks: () => AsyncIterable<Buffer> }
  | { readonly digest: Digest; readonly hostFile: Bytes };

/** A file that cannot be put in place, in words for behind its path; raw text of the host in it is escaped already. */
export class PutError extends Error {
  /** It was not done, as another one of its chain has failed: that one says why. */
  readonly isPassedOver: boolean;

  constructor(message: string, status = 1) {
    super(message);
    this.isPassedOver = status === notDone;
  }
}

/**
 * Makes a file or a link beside its place, whole and with all its fields; nothing that is there is touched. What is sent in one
 * go is sent before anything is waited for, as a chain: many files are one round trip. Gives the inode of a file, whose content
 * has been checked.
 */
export async function stageFile(
  agent: Agent,
  step: Step,
  source: Source | undefined,
  { chain = agent.chain(), readableBy }: { chain?: Chain; readableBy?: number | undefined } = {},
): Promise<string | undefined> {
  const { path, put } = step;
  const { is } = put?.claim ?? {};
  const at = placeToAgent(path);
  const line = Buffer.concat([toBuffer(at), Buffer.from("\n")]);
  const reader = readableBy === undefined ? "" : ` ${readableBy}`;
  const begin = () => chain.request(`at ${at.length} ${keyOf(put, path)}${reader}`, line);
  if (is?.type === "link") {
    await expectAll([begin(), chain.request(`symlink ${is.target.length}`, toBuffer(is.target))]);
    return undefined;
  }
  if (put && isDevice(put.claim)) {
    const { is } = put.claim;
    const make = () => chain.request(`device ${is.type.charAt(0)} ${is.major} ${is.minor}`);
    await expectAll([begin(), make(), setFields(chain, step)]);
    return undefined;
  }
  const { size, sha256 } = source?.digest ?? {};
  if (!source || size === undefined) throw new PutError("its content is not known here: run pulumi up again");
  const begun = begin();
  if (!("chunks" in source)) {
    const filled = fillAtOnce(chain, source);
    await expectAll([begun, filled, setFields(chain, step)]);
    return inodeOf(await filled);
  }
  await expectAll([begun]);
  const room = Number((await begun).lines.find(([word]) => word === "room")?.[1] ?? Number.NaN) * 1024;
  // Of one that may just fit the host has the last word.
  if (size > room)
    throw new PutError(
      `it has ${size.toLocaleString("en-US")} bytes, and the file system has room for ${room.toLocaleString("en-US")}: make room there`,
    );
  const filled = agent.stream(`fill ${size} ${sha256}`, size, source.chunks());
  await expectAll([filled]);
  await expectAll([setFields(chain, step)]);
  return inodeOf(await filled);
}

function fillAtOnce(to: Requests, source: Exclude<Source, { chunks: unknown }>): Promise<Reply> {
  const { size, sha256 } = source.digest;
  if ("bytes" in source) return to.request(`fill ${size} ${sha256}`, source.bytes);
  const from = toBuffer(source.hostFile);
  return to.request(`copy ${from.length} ${size} ${sha256}`, from);
}

function inodeOf({ lines }: Reply): string | undefined {
  return lines.find(([word]) => word === "inode")?.[1];
}

function setFields(to: Requests, { owner, mode, acl, capabilities }: Step): Promise<Reply> {
  const entries = acl && acl.length > 0 ? aclEntries(acl) : "-";
  const powers = capabilities === undefined ? "" : ` ${capabilities}`;
  const ids = `${owner?.uid ?? 0}:${owner?.gid ?? 0}`;
  return to.request(`fields ${ids} ${fiveDigits(mode ?? 0o644)} ${entries}${powers}`);
}

/**
 * Puts in place what was staged for it. The one that it takes the place of is kept until `unplace`. False where its directory
 * could not be made so far: it stays staged.
 */
export async function placeStaged(to: Requests, { path, put }: Step): Promise<boolean> {
  const at = placeToAgent(path);
  const reply = await to.request(`place ${at.length} ${keyOf(put, path)}`, toBuffer(at));
  expectPut(reply);
  return !reply.lines.some(([word]) => word === "absent");
}

/** Takes a file away again that was put in place, and puts the old one back. */
export async function takeBack(agent: Agent, { path, put }: Step): Promise<void> {
  const at = placeToAgent(path);
  expectPut(await agent.request(`back ${at.length} ${keyOf(put, path)}`, toBuffer(at)));
}

/** Where a file is staged, as its host and as the jail see it. */
export function stagedPaths(root: string, { path, put }: Step): { file: string; jailFile: string } {
  const name = utf8Of(path.slice(path.lastIndexOf("/") + 1));
  const jailFile = `/${stagingName}/${keyOf(put, path)}/${name}`;
  return { file: `${root}${jailFile}`, jailFile };
}

/** Names the place where something is staged, and its backup: one for each resource and path. */
function keyOf(put: Put | undefined, path: Bytes): string {
  const hash = createHash("sha256").update(path, "latin1").digest("hex");
  return `${put?.claim.by.token ?? ""}-${hash.slice(0, 8)}`;
}

/** Removes a file or a link whose name only root can change. */
export async function removeFile(agent: Agent, path: Bytes): Promise<void> {
  const at = placeToAgent(path);
  expectPut(await agent.request(`remove ${at.length}`, toBuffer(at)));
}

/** Removes all that was staged. */
export async function unplace(agent: Agent): Promise<void> {
  await agent.request("unplace");
}

/** Runs a command of the host's. `ids` are of the user that it runs as; root without. What it prints comes raw. */
export async function attempt(
  agent: Agent,
  { argv, timeLimit }: Command,
  ids?: { readonly uid: number; readonly gid: number },
): Promise<{ readonly failed?: string; readonly printed: string }> {
  const list = Buffer.from(argv.map((word) => `${word}\0`).join(""), "utf8");
  const who = ids ? `${ids.uid}:${ids.gid}` : "-";
  const reply = await agent.request(`attempt ${timeLimit} ${who} ${list.length}`, list);
  const said = (word: string) => reply.lines.find(([one]) => one === word)?.[1] ?? "";
  const failed = reply.status === 0 ? undefined : whyOf(reply);
  return { printed: said("printed"), ...(failed === undefined ? {} : { failed: failed + denialText(said("denied")) }) };
}

/** What AppArmor has denied meanwhile (audit records as the kernel writes them): its profiles know the usual places only. */
function denialText(line: string): string {
  const [, profile] = / profile="([^"]*)"/.exec(line) ?? [];
  const [, name] = / name="([^"]*)"/.exec(line) ?? [];
  if (profile === undefined || name === undefined) return "";
  return `; AppArmor's profile ${showRemote(profile)} denies ${showRemote(name)}: allow it in /etc/apparmor.d/local`;
}

/** The first one that went wrong says why. */
async function expectAll(replies: readonly Promise<Reply>[]): Promise<void> {
  for (const reply of await Promise.all(replies)) expectPut(reply);
}

function expectPut(reply: Reply): void {
  if (reply.status !== 0) throw new PutError(whyOf(reply), reply.status);
}
