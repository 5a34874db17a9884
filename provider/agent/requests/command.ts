import type { Command } from "../../intent/command";
import { showRemote } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { toldIn, whyOf } from "../channel/reply";
import { expectPut, PutError } from "./delivery-error";

/**
 * The rights of a command that reads a staged file: a user's and a group's, under a number that no user or process on the host
 * has.
 */
export interface Reader {
  readonly uid: number;
  readonly gid: number;
  readonly nobody: number;
}

/** Gets a user's rights for a command, under a number that no process, user or jail of the host has. */
export async function readerFor(agent: Agent, ids: { readonly uid: number; readonly gid: number }): Promise<Reader> {
  const reply = await ask(agent, "nobody");
  expectPut(reply);
  const nobody = Number(toldIn(reply, "nobody"));
  if (!Number.isSafeInteger(nobody) || nobody === 0) throw new PutError("the host has named no user number for it");
  return { ...ids, nobody };
}

/** Runs a command of the host's, as root or with a reader's rights. Its output comes raw. */
export async function attempt(
  agent: Agent,
  { argv, timeLimit }: Command,
  reader?: Reader,
): Promise<{ readonly failed?: string; readonly printed: string }> {
  const list = Buffer.from(argv.map((word) => `${word}\0`).join(""), "utf8");
  const reply = await ask(agent, "attempt", { seconds: timeLimit, gid: reader?.gid ?? "-", data: list });
  const failed = reply.status === 0 ? undefined : whyOf(reply);
  return {
    printed: toldIn(reply, "printed") ?? "",
    ...(failed === undefined ? {} : { failed: failed + denialText(toldIn(reply, "denied") ?? "") }),
  };
}

/** Reads AppArmor's denial from the kernel's audit record: its profiles know the usual places only. */
function denialText(line: string): string {
  const [, profile] = / profile="([^"]*)"/.exec(line) ?? [];
  const [, name] = / name="([^"]*)"/.exec(line) ?? [];
  if (profile === undefined || name === undefined) return "";
  return `; AppArmor's profile ${showRemote(profile)} denies ${showRemote(name)}: allow it in /etc/apparmor.d/local`;
}
