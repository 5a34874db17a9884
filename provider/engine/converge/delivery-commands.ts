import type { Agent } from "../../agent/channel/agent";
import { PutError } from "../../agent/requests/delivery-error";
import { textOf } from "../../agent/requests/files";
import type { Command } from "../../intent/command";
import type { Declaration } from "../../intent/declaration";
import { type Bytes, fromWire, show, showRemote } from "../../model/bytes";
import { type Principals, principalId } from "../../model/entry";
import type { Commands } from "../../resources/kind";
import { kinds } from "../../resources/kinds";
import type { Content } from "../assess/content";

/** The facts about a resource that its deliveries in a run need. */
export interface DeliveredResource {
  readonly content?: Content;
  /** The file of the host that its file is kept equal to. */
  readonly hostFile?: { readonly path: Bytes; readonly isSecret: boolean };
  readonly commands: Commands;
  readonly isCommandSecret: boolean;
}

export function deliveredResource(
  { kind, args }: Declaration,
  content: Content | undefined,
  isCommandSecret: boolean,
): DeliveredResource {
  const { hostFile: path, isSecret = false } = kinds.get(kind)?.file?.(args) ?? {};
  return {
    commands: kinds.get(kind)?.commands?.(args) ?? {},
    isCommandSecret,
    ...(content ? { content } : {}),
    ...(path === undefined ? {} : { hostFile: { path, isSecret } }),
  };
}

/** A command with the paths of a file filled in. */
export function filledIn(
  command: Command,
  root: string,
  { file, jailFile }: { readonly file: string; readonly jailFile: string },
): Command {
  const values: Readonly<Record<string, string>> = { "{root}": root, "{file}": file, "{jailFile}": jailFile };
  return {
    ...command,
    argv: command.argv.map((word) => word.replace(/\{(?:root|file|jailFile)\}/g, (name) => values[name] ?? name)),
  };
}

/** The user and group of a command that does not run as root. */
export function userOf({ user }: Command, { uids, gids }: Principals): { uid: number; gid: number } | undefined {
  if (user === undefined) return undefined;
  const uid = principalId(user, uids);
  // The group with the user's name, if the host has one: the command gets no other group's rights.
  const gid = principalId(user, gids) ?? uid;
  if (uid === undefined || gid === undefined) throw new PutError(`the host has no user "${user}" for validate`);
  return uid === 0 ? undefined : { uid, gid };
}

/** The output of a command, for an error. It may quote the file, or the command's own arguments. */
export async function outputText(
  agent: Agent,
  printed: string,
  putters: readonly DeliveredResource[],
): Promise<string> {
  const output = showRemote(printed);
  const why = await hiddenBecause(agent, putters);
  if (why !== undefined) return ` (its output is not shown, as ${why})`;
  return output === "" ? "" : `: ${output}`;
}

async function hiddenBecause(agent: Agent, putters: readonly DeliveredResource[]): Promise<string | undefined> {
  const isSecret = putters.some(({ content, hostFile }) => content?.isSecret || hostFile?.isSecret);
  if (isSecret) return "the content is a secret";
  if (putters.some(({ isCommandSecret }) => isCommandSecret)) return "the command is a secret";
  const sources = putters.flatMap(({ hostFile }) => hostFile?.path ?? []);
  if (sources.length === 0) return undefined;
  const at = (await textOf(agent, sources)).indexOf(undefined);
  return at === -1 ? undefined : `not every user may read the host's ${show(sources[at] ?? fromWire(""))}`;
}
