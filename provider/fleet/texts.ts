import { counted } from "../model/counted";
import type { Labels } from "./labels";
import type { StopCause } from "./next-step";
import type { RolloutMistake, RolloutPlan } from "./plan";

/** A mistake in the waves of a fleet, in words. */
export function mistakeText(mistake: RolloutMistake): string {
  switch (mistake.mistake) {
    case "same-unit":
      return `units has ${mistake.unit} twice`;
    case "bad-width":
      return `width must be a whole number of units from 1, not ${mistake.width}`;
    case "bad-share":
      return `${mistake.at}: ${mistake.why}`;
    case "same-name":
      return `waves has two waves with the name ${mistake.wave}: give one of them another name`;
    case "late-canary":
      return `waves: the canary wave ${mistake.wave} comes after a wave that is none: move it to the start`;
    case "no-canary":
      return `waves: the canary wave ${mistake.wave} takes no unit: no unit has ${labelsText(mistake.labels)}; the fleet has ${labelsText(mistake.known)}`;
    default: {
      const [first, ...more] = mistake.units;
      const others = more.length > 0 ? ` and ${more.length} more` : "";
      return `waves: no wave takes ${first}${others}: add a wave without labels at the end`;
    }
  }
}

function labelsText(labels: Labels): string {
  const texts = Object.entries(labels).map(([key, values]) => {
    const all = [values].flat();
    return all.length === 0 ? `no label ${key}` : `${key}: ${all.join(" or ")}`;
  });
  return texts.join(", ");
}

/** The reason why a rollout ended before its last wave, in words. */
export function stopText(stopped: StopCause, { maxFailures, maxUnreachable = 0 }: RolloutPlan): string {
  switch (stopped.cause) {
    case "failures":
      return `more than ${counted(maxFailures, "unit")} failed (maxFailures)`;
    case "unreachable":
      return `more than ${counted(maxUnreachable, "unit")} could not be reached (maxUnreachable)`;
    case "wave-failures":
      return `the wave ${stopped.wave} has more failures than it may have`;
    case "gate":
      return `the gate ${stopped.gate} of the wave ${stopped.wave} stayed closed`;
    case "approval":
      return `the wave ${stopped.wave} has no approval`;
    default:
      return "it was asked to stop";
  }
}
