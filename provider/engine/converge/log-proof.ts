import type { Agent } from "../../agent/channel/agent";
import type { Requests } from "../../agent/channel/ask";
import { proveSocket } from "../../agent/requests/log-socket";
import { putRecords } from "../../agent/requests/registry";
import type { Declaration } from "../../intent/declaration";
import type { LogSocketIntent } from "../../intent/jail-intent";
import { sameOwner } from "../../intent/owner";
import type { RegistryRecord } from "../../intent/registry-record";
import { type Bytes, bytesOf } from "../../model/bytes";
import { kinds } from "../../resources/kinds";
import { type Assessment, differencesOf } from "../assess/assessment";

/** Sends a line through the log socket of each converged Jail. The Jail fails if the line does not come out. */
export async function proveLogSockets(
  agent: Agent,
  jobs: readonly { readonly declaration: Declaration }[],
  assessment: Assessment,
  failed: Map<string, { at: Bytes; why: string }>,
): Promise<Assessment> {
  let { records } = assessment.observation;
  for (const { declaration } of jobs) {
    const { owner } = declaration;
    const led = assessment.merged.declarations.find((candidate) => sameOwner(candidate.owner, owner)) ?? declaration;
    const logSocket = kinds.get(led.kind)?.jailIntent?.(led).logSocket;
    const isLeft = differencesOf(assessment, owner).some(({ silence, mount }) => silence ?? mount);
    if (!logSocket || isLeft || failed.has(owner.label)) continue;
    // The record notes the proof once the line has come out.
    const chain = agent.chain();
    const proving = proofProblem(chain, logSocket);
    const record = records.find(({ token }) => token === owner.token);
    const { unproved: isUnproved, ...proved } = record ?? {};
    const writing = record && isUnproved ? putRecords(chain, [proved as RegistryRecord]) : undefined;
    writing?.catch(() => undefined);
    const why = await proving;
    if (why !== undefined) failed.set(owner.label, { at: logSocket.at, why });
    if (why !== undefined || !writing) continue;
    await writing;
    records = records.map((other) => (other === record ? (proved as RegistryRecord) : other));
  }
  return { ...assessment, observation: { ...assessment.observation, records } };
}

async function proofProblem(to: Requests, logSocket: LogSocketIntent): Promise<string | undefined> {
  const { foundIn } = logSocket;
  const found = await proveSocket(to, logSocket.at, bytesOf(foundIn ?? ""));
  if (typeof found === "object") return `no line could be sent to it: ${found.why}`;
  if (found) return undefined;
  const [where, remedy] =
    foundIn === undefined
      ? ["the journal, logread or the usual files of /var/log", "say with foundIn where the host's log goes"]
      : [foundIn, "correct foundIn, or repair the host's log"];
  return `a line sent to it was not found in ${where}: ${remedy}`;
}
