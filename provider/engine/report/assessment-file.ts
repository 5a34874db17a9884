import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatSite, type Site } from "../../agent/site";
import { messageOf } from "../../errors";
import type { Owner } from "../../intent/owner";
import { assessmentText } from "../../render/assessment/assessment-v1";
import type { AssessmentSink, ReportSink } from "./assessment-sink";
import { JailAssessment } from "./jail-assessment";
import type { ResourceReport } from "./resource-report";

/** Writes the assessment of each jail into a folder, as JSON. */
export class AssessmentFolder implements AssessmentSink {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  of(site: Site, stack: string): ReportSink {
    return new AssessmentFile(this.#folder, site, stack);
  }
}

/** The assessment of one jail as a file for machines, which each resource of a preview writes anew. */
export class AssessmentFile implements ReportSink {
  readonly #path: string;
  readonly #folder: string;
  readonly #assessment: JailAssessment;

  constructor(folder: string, site: Site, stack: string) {
    const hash = createHash("sha256")
      .update(`${stack}\0${formatSite(site)}`)
      .digest("hex")
      .slice(0, 8);
    const words = `${site.connection.host}${site.root}`.replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 100);
    this.#folder = folder;
    this.#path = join(folder, `${words}-${hash}.json`);
    this.#assessment = new JailAssessment(site);
  }

  add(owner: Owner, report: ResourceReport): string | undefined {
    this.#assessment.add(owner, report);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const draft = `${this.#path}.${process.pid}`;
      writeFileSync(draft, assessmentText(this.#assessment.value()), { mode: 0o600 });
      renameSync(draft, this.#path);
      return undefined;
    } catch (error) {
      return `the assessment cannot be written (PULUMI_CHROOT_ASSESSMENTS): ${messageOf(error)}`;
    }
  }
}
