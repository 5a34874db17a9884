import type { Site } from "../../agent/site";
import type { Owner } from "../../intent/owner";
import type { ResourceReport } from "./resource-report";

/** Takes the reports of a jail's resources, one after the other. */
export interface ReportSink {
  /** Adds the report of a resource. Returns why it could not be kept. */
  add(owner: Owner, report: ResourceReport): string | undefined;
}

/** A place for the assessments of jails: files for machines, or the memory of a door that makes a report of them. */
export interface AssessmentSink {
  /** The place of a jail as one stack declares it: another one may declare other resources of the same jail. */
  of(site: Site, stack: string): ReportSink;
}
