import type { Declaration } from "../intent/declaration";
import { kinds } from "../resources/kinds";
import { jailReferenceArgs } from "../resources/permission-rule/args";
import type { TurnInput } from "../resources/turn-input";
import { type JailSession, sessionFor } from "./session";
import type { Values } from "./values";

/** All jails of a turn are scanned together; one whose arguments are wrong is not, as its own check will say. */
export function startScans(survey: readonly unknown[]): void {
  for (const place of survey) {
    const site = jailReferenceArgs.safeParse(place);
    if (site.success)
      sessionFor(site.data)
        .observe()
        .catch(() => undefined);
  }
}

/** Tells the jail's session what else the turn declares for it, and what the program has dropped since the last `up`. */
export function reserve(session: JailSession, olds: Values, news: Values, turn: TurnInput): void {
  const now = (news["claims"] ?? {}) as Values;
  const departed = new Set(Object.keys((olds["claims"] ?? {}) as Values).filter((label) => !(label in now)));
  const others = (turn.declared ?? []).map(({ kind, label, args }) => ({ kind, owner: { label }, args }));
  session.program.reserve(others.filter(isSound), departed);
}

/** One with a mistake in it reserves what its record does: its own check fails, and until then nothing is loosened. */
function isSound(declaration: Declaration): boolean {
  const kind = kinds.get(declaration.kind);
  const isKnown = (name: string) => name === "reserved" || kind?.keys.includes(name);
  try {
    return kind?.claims(declaration) !== undefined && Object.keys(declaration.args).every(isKnown);
  } catch {
    return false;
  }
}
