import type { Assessment } from "../engine/assess/assessment";
import type { Engine } from "../engine/engine";
import type { JailSession } from "../engine/session/jail-session";
import type { Declaration } from "../intent/declaration";
import type { Values } from "../model/values";
import { jailReferenceArgs } from "../resources/jail-reference";
import { kinds } from "../resources/kinds";
import { protectedMark, type TurnInput } from "../resources/turn-input";

/** Scans all jails of a turn together. A jail with a mistake in its arguments is left out: its own check tells the mistake. */
export function startScans(engine: Engine, survey: string): void {
  for (const place of JSON.parse(survey) as unknown[]) {
    const site = jailReferenceArgs.safeParse(place);
    if (site.success)
      engine
        .session(engine.siteAt(site.data))
        .observe()
        .catch(() => undefined);
  }
}

/**
 * Tells the jail's session the other declarations of the turn, and the ones that the program has dropped since the last `up`.
 * Returns the claims of dropped resources that are protected: nothing falls to the Jail before the engine deletes the resource.
 */
export function reserve(session: JailSession, olds: Values, news: Values, turn: TurnInput): Values {
  const now = (news["claims"] ?? {}) as Values;
  const dropped = Object.entries((olds["claims"] ?? {}) as Values).filter(([label]) => !(label in now));
  const isHeld = ([, text]: readonly [string, unknown]) => String(text).endsWith(protectedMark);
  const departed = new Set(dropped.filter((one) => !isHeld(one)).map(([label]) => label));
  const held = Object.fromEntries(dropped.filter(isHeld));
  const others = (turn.declared ?? []).map(({ label, ...told }) => ({ ...told, owner: { label } }));
  const sound = others.filter(isSound);
  const mistaken = new Set(others.filter((other) => !sound.includes(other)).map(({ owner: { label } }) => label));
  session.program.reserve(sound, departed, { mistaken, held: new Set(Object.keys(held)) });
  return held;
}

/** Claims for the state: the turn's claims, and held claims as long as the host has a record of them. */
export function claimsFor(now: unknown, held: Values, assessment: Assessment | undefined): Values {
  const isGone = (label: string) =>
    assessment && !assessment.observation.records.some((record) => record.label === label);
  const still = Object.entries(held).filter(([label]) => !isGone(label));
  return { ...((now ?? {}) as Values), ...Object.fromEntries(still) };
}

/** Why a preview would mislead, or a change is forbidden, although the resource's own arguments are right. */
export function unfitReason({ drift }: Values, turn: TurnInput | undefined): string | undefined {
  // The class passes no drift: the engine has put it back.
  if (typeof drift === "object")
    return "ignoreChanges must not name drift: preview would hide the drift that pulumi up repairs";
  const mistakes = turn?.preview === false ? (turn.mistakes ?? []) : [];
  return mistakes.length > 0 ? `nothing is changed, as the program has a mistake: ${mistakes.join("; ")}` : undefined;
}

/**
 * Whether a declaration has no mistake. A mistaken one reserves what its record does: its own check fails, and nothing is
 * loosened until then.
 */
function isSound(declaration: Declaration): boolean {
  const kind = kinds.get(declaration.kind);
  const isKnown = (name: string) => name === "reserved" || kind?.keys.includes(name);
  try {
    return kind?.claims(declaration) !== undefined && Object.keys(declaration.args).every(isKnown);
  } catch {
    return false;
  }
}
