import { randomBytes } from "node:crypto";
import { type Bytes, fromWire, toBuffer } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask, type Requests } from "../channel/ask";
import { whyOf } from "../channel/reply";
import { toAgent } from "../paths";

/** Makes the host's rsyslog read its files again; `fragment` is the file for the jail's socket. Gives the errors. */
export async function restartRelay(agent: Agent, at: Bytes, fragment: Bytes): Promise<string[]> {
  const lines = twoLines(at, fragment);
  const reply = await ask(agent, "relay", { data: lines });
  return reply.status === 0 ? [] : [whyOf(reply)];
}

/** Sends a line through a jail's socket, and tells whether it arrived in a file of the host (empty: in a usual log). */
export async function proveSocket(to: Requests, at: Bytes, foundIn: Bytes): Promise<boolean | { why: string }> {
  const lines = twoLines(at, foundIn);
  const reply = await ask(to, "proof", { data: lines, mark: randomBytes(8).toString("hex") });
  if (reply.status === 0) return true;
  return reply.error === "" ? false : { why: whyOf(reply) };
}

function twoLines(at: Bytes, other: Bytes): Buffer {
  return toBuffer(fromWire(`${toAgent(at)}\n${other}`));
}
