import { AssessmentFolder } from "../engine/report/assessment-file";

/** The folder for the assessments of a preview, where this process's environment names one. */
export function assessmentFolder(): AssessmentFolder | undefined {
  const folder = process.env["PULUMI_CHROOT_ASSESSMENTS"];
  return folder ? new AssessmentFolder(folder) : undefined;
}
