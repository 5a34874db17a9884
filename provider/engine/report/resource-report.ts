import { ChrootError, isAway, messageOf } from "../../errors";
import type { Owner } from "../../intent/owner";
import { show } from "../../model/bytes";
import type { Difference } from "../../plan/difference";
import type { DriftTexts } from "../../render/text/drift-map";
import { type Assessment, differencesOf, refusalsOf } from "../assess/assessment";
import { differenceTexts } from "../assess/drift-texts";
import type { ProcessReport } from "../assess/processes";

/** One look on behalf of one resource: its differences, and what there is to say of the host as a whole. */
export interface ResourceReport {
  readonly assessment: Assessment | undefined;
  readonly differences: readonly Difference[];
  readonly texts: DriftTexts;
  /** `not checked: …` or `refused: …`. */
  readonly host: string | undefined;
  /** There was no host to speak to. */
  readonly isAway?: true;
  /** Set for a resource that declares the processes of its jail. */
  readonly processes?: ProcessReport;
}

/** Codes of problems that keep `up` from going on although the host was reached. */
const refusalCodes = new Set<string>(["unsafe-parent", "not-a-directory"]);

/** Looks, and turns whatever is learned from the host into words: never an error, which would end the whole plan. */
export async function reportOn(owner: Owner, assess: () => Promise<Assessment>): Promise<ResourceReport> {
  try {
    const assessment = await assess();
    const refusals = refusalsOf(assessment, owner);
    const host = refusals.length > 0 ? `refused: ${refusals.join("; ")}` : leftSealed(assessment);
    return {
      assessment,
      differences: differencesOf(assessment, owner),
      texts: differenceTexts(assessment, owner),
      host,
    };
  } catch (error) {
    const why = error instanceof ChrootError ? error.why : messageOf(error);
    const refused = error instanceof ChrootError && refusalCodes.has(error.code);
    return {
      assessment: undefined,
      differences: [],
      texts: new Map(),
      host: `${refused ? "refused" : "not checked"}: ${why}`,
      ...(error instanceof ChrootError && isAway(error) ? { isAway: true as const } : {}),
    };
  }
}

/** Reports a killed run: the next converged resource opens the directories that it has left closed. */
function leftSealed({ observation }: Assessment): string | undefined {
  const [first, ...more] = observation.leftSealed;
  if (!first) return undefined;
  const others = more.length > 0 ? ` and ${more.length} more` : "";
  return `not finished: a run was cut short and has left ${show(first.path)}${others} closed to the daemon; up opens them again`;
}
