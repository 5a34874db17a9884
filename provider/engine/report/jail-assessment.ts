import type { Site } from "../../agent/site";
import type { Finding } from "../../intent/finding";
import type { Owner } from "../../intent/owner";
import { formatHost } from "../../model/connection";
import type { Values } from "../../model/values";
import { assessmentOf, type JailName, unseenAssessment } from "../../render/assessment/assessment";
import { type AssessmentV1, states } from "../../render/assessment/assessment-v1";
import type { Assessment } from "../assess/assessment";
import type { ResourceReport } from "./resource-report";

/** The assessment of one jail for machines: each resource that a preview checks adds its part. */
export class JailAssessment {
  readonly #name: JailName;
  #assessment: Assessment | undefined;
  readonly #processes = new Map<string, readonly Finding[]>();
  readonly #problems = new Map<string, string>();
  /** By label. A plan may have been made before the tokens were known. */
  readonly #tokens = new Map<string, string>();
  /** Resources for whose last look there was no host to speak to. */
  readonly #away = new Set<string>();
  /** The states of resources as a preview shows them: processes may be drift, and each has looked at its own time. */
  readonly #states = new Map<string, AssessmentV1["state"]>();

  constructor(site: Site) {
    this.#name = { host: formatHost(site.connection), root: site.root };
  }

  /** Adds the report of a resource. */
  add({ label, token }: Owner, report: ResourceReport): void {
    if (token !== undefined) this.#tokens.set(label, token);
    const { assessment, host, isAway, processes } = report;
    this.#assessment = assessment ?? this.#assessment;
    this.#states.set(label, stateOf(report));
    if (host === undefined) this.#problems.delete(label);
    else this.#problems.set(label, host);
    if (isAway) this.#away.add(label);
    else this.#away.delete(label);
    if (processes)
      this.#processes.set(label, [...processes.findings, ...(processes.unchecked ? [processes.unchecked] : [])]);
  }

  /** The assessment so far: a preview does not know which resource is the last. */
  value(): AssessmentV1 {
    const seen = this.#assessment;
    const processes = [...this.#processes.values()].flat();
    const base = seen ? assessmentOf(this.#name, seen.observation, seen.plan, processes) : unseenAssessment(this.#name);
    const found = [base.state, ...this.#states.values()];
    const state = states.find((one) => found.includes(one)) ?? base.state;
    // Resources of a jail are checked together: two previews of the same jail must give the same.
    const problems = [...this.#problems].map(([label, text]) => `${label}: ${text}`).sort();
    return {
      ...withTokens(base, this.#tokens),
      state,
      ...(this.#away.size > 0 ? { isUnreachable: true } : {}),
      ...(problems.length > 0 ? { problems } : {}),
    };
  }
}

/** The same value with the token of each resource of the program that it names. */
function withTokens<T>(value: T, tokens: ReadonlyMap<string, string>): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => withTokens(one, tokens)) as T;
  const own = value as Values;
  const token = typeof own["label"] === "string" && own["stack"] === undefined && tokens.get(own["label"]);
  const entries = Object.entries(own).map(([key, one]) => [key, withTokens(one, tokens)]);
  return { ...(token ? { token } : {}), ...Object.fromEntries(entries) } as T;
}

/** The state of one resource, as a preview shows it. */
function stateOf({ host, texts }: ResourceReport): AssessmentV1["state"] {
  if (host?.startsWith("refused")) return "refused";
  if (host !== undefined || [...texts.values()].some((text) => text.isUnchecked)) return "not-checked";
  return texts.size > 0 ? "drifted" : "in-sync";
}
