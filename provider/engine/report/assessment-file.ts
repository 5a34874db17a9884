import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatSite, type Site } from "../../agent/site";
import { messageOf } from "../../errors";
import type { Finding } from "../../intent/finding";
import { formatHost } from "../../model/connection";
import { assessmentOf, type JailName, unseenAssessment } from "../../render/assessment/assessment";
import { type AssessmentV1, assessmentText, states } from "../../render/assessment/assessment-v1";
import type { Assessment } from "../assess/assessment";
import type { ResourceReport } from "./resource-report";

/**
 * The assessment of one jail as a file for machines. Each resource that a preview checks adds its part and writes the file anew,
 * as a preview does not know which one is the last.
 */
export class AssessmentFile {
  readonly #path: string;
  readonly #folder: string;
  readonly #name: JailName;
  #assessment: Assessment | undefined;
  readonly #processes = new Map<string, readonly Finding[]>();
  readonly #problems = new Map<string, string>();
  /** The states of resources as a preview shows them: processes may be drift, and each has looked at its own time. */
  readonly #states = new Map<string, AssessmentV1["state"]>();

  /** The file of a stack: another one may declare other resources of the same jail. */
  constructor(folder: string, site: Site, stack: string) {
    const hash = createHash("sha256")
      .update(`${stack}\0${formatSite(site)}`)
      .digest("hex")
      .slice(0, 8);
    const words = `${site.connection.host}${site.root}`.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 100);
    this.#folder = folder;
    this.#path = join(folder, `${words}-${hash}.json`);
    this.#name = { host: formatHost(site.connection), root: site.root };
  }

  /** Adds the report of a resource. Returns why the file could not be written. */
  add(label: string, report: ResourceReport): string | undefined {
    const { assessment, host, processes } = report;
    this.#assessment = assessment ?? this.#assessment;
    this.#states.set(label, stateOf(report));
    if (host === undefined) this.#problems.delete(label);
    else this.#problems.set(label, host);
    if (processes)
      this.#processes.set(label, [...processes.findings, ...(processes.unchecked ? [processes.unchecked] : [])]);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const draft = `${this.#path}.${process.pid}`;
      writeFileSync(draft, this.#text(), { mode: 0o600 });
      renameSync(draft, this.#path);
      return undefined;
    } catch (error) {
      return `the assessment cannot be written (PULUMI_CHROOT_ASSESSMENTS): ${messageOf(error)}`;
    }
  }

  #text(): string {
    const seen = this.#assessment;
    const processes = [...this.#processes.values()].flat();
    const base = seen ? assessmentOf(this.#name, seen.observation, seen.plan, processes) : unseenAssessment(this.#name);
    const found = [base.state, ...this.#states.values()];
    const state = states.find((one) => found.includes(one)) ?? base.state;
    const problems = [...this.#problems].map(([label, text]) => `${label}: ${text}`);
    return assessmentText({ ...base, state, ...(problems.length > 0 ? { problems } : {}) });
  }
}

/** The state of one resource, as a preview shows it. */
function stateOf({ host, texts }: ResourceReport): AssessmentV1["state"] {
  if (host?.startsWith("refused")) return "refused";
  if (host !== undefined || [...texts.values()].some((text) => text.isUnchecked)) return "not-checked";
  return texts.size > 0 ? "drifted" : "in-sync";
}
