import type { Agent } from "../agent/agent";
import { withNames } from "../agent/principals";
import { type Owner, sameOwner } from "../intent/claim";
import { type Merged, merge, namesIn, type ProgramView, type Refusal } from "../intent/merge";
import { type Bytes, show } from "../model/bytes";
import type { Observation } from "../observe/observation";
import type { Difference } from "../plan/difference";
import { type Plan, plan } from "../plan/plan";
import { asOpened, stillSealed } from "../plan/seal";
import type { DriftTexts } from "../render/drift-map";
import { differenceText } from "../render/text";
import { kinds } from "../resources/kinds";

/** What is known of a jail at one moment: what is wanted, what is there, and how they differ. */
export interface View {
  readonly merged: Merged;
  readonly observation: Observation;
  readonly plan: Plan;
}

/** `use` gives an agent on the host, for names that only a directory service knows: the one that is open, if any. */
export async function viewOf(
  program: ProgramView,
  observation: Observation,
  use: <T>(ask: (agent: Agent) => Promise<T>) => Promise<T>,
  isCertain?: (path: Bytes) => boolean,
): Promise<View> {
  const merged = merge(program, observation.records, kinds);
  const leftSealed = stillSealed(observation.entries, observation.leftSealed);
  const opened = { ...observation, entries: asOpened(observation.entries, leftSealed), leftSealed };
  const named = await withNames(opened, namesIn(merged), use);
  return { merged, observation: named, plan: plan(merged, named, isCertain) };
}

export function differencesOf({ plan: { differences } }: View, owner: Owner): Difference[] {
  return differences.filter((difference) => sameOwner(difference.owner, owner));
}

// Names in a jail's root that would be something else as the key of a map: a remark, a key that Pulumi hides or a mark of
// its own (pkg/resource/sig), or no key at all.
const notAKey = /^\(|^__|^4dabf18193072939515e22adb298388d$/;

/** A resource's differences in words, by path. */
export function differenceTexts(view: View, owner: Owner): DriftTexts {
  const texts = differencesOf(view, owner).map((difference) => {
    const path = show(difference.path);
    return [notAKey.test(path) ? `./${path}` : path, differenceText(difference, view.observation)] as const;
  });
  return new Map(texts);
}

/** Why a resource cannot be converged; empty when it can. */
export function refusalsOf({ plan: { refusals } }: View, owner: Owner): string[] {
  const own = (refusal: Refusal) => refusal.owner === undefined || sameOwner(refusal.owner, owner);
  return refusals.filter(own).map(({ why }) => why);
}
