import { randomBytes } from "node:crypto";
import { type Bytes, fromWire, toBuffer } from "../model/bytes";
import type { Agent } from "./agent";
import type { Requests } from "./chain";
import { toAgent } from "./records";
import { whyOf } from "./reply";

/** Has the host's rsyslog read its files again, of which `fragment` is the one for the socket of a jail. Gives what went wrong. */
export async function restartRelay(agent: Agent, at: Bytes, fragment: Bytes): Promise<string[]> {
  const lines = twoLines(at, fragment);
  const reply = await agent.request(`relay ${lines.length}`, lines);
  return reply.status === 0 ? [] : [whyOf(reply)];
}

/** Sends a line through a jail's socket, and tells whether it was found in a file of the host (empty: where a host usually logs). */
export async function proveSocket(to: Requests, at: Bytes, foundIn: Bytes): Promise<boolean | { why: string }> {
  const lines = twoLines(at, foundIn);
  const reply = await to.request(`proof ${lines.length} ${randomBytes(8).toString("hex")}`, lines);
  if (reply.status === 0) return true;
  return reply.error === "" ? false : { why: whyOf(reply) };
}

function twoLines(at: Bytes, other: Bytes): Buffer {
  return toBuffer(fromWire(`${toAgent(at)}\n${other}`));
}
