import { formatPlace, registryHome, registryName, type Site } from "../../agent/site";
import type { Declaration } from "../../intent/declaration";
import type { ProgramView } from "../../intent/merge";
import { formatOwner, sameOwner } from "../../intent/owner";
import { isEqual, omit } from "../../model/values";
import { differenceText } from "../../render/text/difference-text";
import { kinds } from "../../resources/kinds";
import type { Assessment } from "../assess/assessment";
import { standingOf } from "../converge/register";
import type { ResourceReport } from "./resource-report";

/**
 * Reports a resource of the state whose record is gone (a new disk, a restored backup), was edited, or differs from the
 * program's declaration: other stacks do not see the resource as it is. Where a path differs too, the repair writes the record,
 * and no line is added.
 */
export function addRecordTrouble(
  declaration: Declaration,
  report: ResourceReport,
  program: ProgramView,
): ResourceReport {
  if (!report.assessment || report.host !== undefined || report.texts.size > 0) return report;
  const host = recordTrouble(declaration, report.assessment, program);
  return host === undefined ? report : { ...report, host };
}

function recordTrouble(
  declaration: Declaration,
  { observation, merged }: Assessment,
  program: ProgramView,
): string | undefined {
  const { kind, owner, args } = declaration;
  const record = observation.records.find(({ token }) => token === owner.token);
  if (!record) return "not registered: its record in the host's registry is gone; up writes it again";
  if (record.pending)
    return "not finished: the onChange command of the last change has failed or was cut short; up runs it again";
  if (record.unproved) return "not finished: no test line has come out of its log socket yet; up sends another one";
  // Earlier releases did not note that a content is a secret.
  const { secretMark = "" } = kinds.get(kind) ?? {};
  if (!isEqual(omit(record.args, [secretMark]), omit(args, [secretMark])))
    return "another program or person has changed its record in the host's registry; up writes it again";
  const other = kinds.get(kind)?.declaresJail && merged.left.find((candidate) => candidate.kind === kind);
  if (other) return `the registry has a record of ${other.label} too, which this Jail replaces; up removes it`;
  const standing = standingOf(declaration, program);
  const isOtherwise = record.declared !== undefined && standing !== undefined && record.declared !== standing;
  return isOtherwise
    ? "its record in the host's registry differs from the program on how it is declared; up writes it again"
    : undefined;
}

/** The lines of a Jail's preview on records that match no resource of the program so far. */
export function recordLines({ merged, observation, plan }: Assessment, site: Site): string[] {
  const home = `${registryHome}/${registryName(site.root)}`;
  const late = merged.late.map(
    ({ owner }) =>
      `${owner.label} was not known when the Jail was checked (declared after an await, or at a path that is an Output): its record counts, and the Jail watches the paths that it claims. If the program does not have it any more, delete ${home}/${owner.token}.json on the host`,
  );
  const isShown = merged.declarations.filter(
    ({ owner }) => owner.stack === undefined && !merged.late.some((declaration) => declaration.owner === owner),
  );
  const others = plan.differences.filter(
    ({ owner }) => !isShown.some((declaration) => sameOwner(declaration.owner, owner)),
  );
  return [
    ...late,
    ...others.slice(0, most).map((difference) => {
      const { live, declared, marks } = differenceText(difference, observation);
      return `${formatPlace(site, difference.path)} is ${live}, declared ${declared}${marks} (${formatOwner(difference.owner)}: ${difference.reason}), which that resource's own up repairs`;
    }),
    ...(others.length > most ? [`and ${others.length - most} more paths of other stacks differ`] : []),
  ];
}

/** At most this many differences of other owners are named. */
const most = 20;
