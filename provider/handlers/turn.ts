import { siteAt } from "../agent/site";
import type { Declaration } from "../intent/declaration";
import { kinds } from "../resources/kinds";
import { jailReferenceArgs } from "../resources/permission-rule/args";
import type { TurnInput } from "../resources/turn-input";
import { type JailSession, sessionFor } from "./session";
import type { Values } from "./values";

/** All jails of a turn are scanned together; one whose arguments are wrong is not, as its own check will say. */
export function startScans(survey: string): void {
  for (const place of JSON.parse(survey) as unknown[]) {
    const site = jailReferenceArgs.safeParse(place);
    if (site.success)
      sessionFor(siteAt(site.data))
        .observe()
        .catch(() => undefined);
  }
}

/** Tells the jail's session what else the turn declares for it, and what the program has dropped since the last `up`. */
export function reserve(session: JailSession, olds: Values, news: Values, turn: TurnInput): void {
  const now = (news["claims"] ?? {}) as Values;
  const departed = new Set(Object.keys((olds["claims"] ?? {}) as Values).filter((label) => !(label in now)));
  const others = (turn.declared ?? []).map(({ label, ...told }) => ({ ...told, owner: { label } }));
  const sound = others.filter(isSound);
  const mistaken = others.filter((other) => !sound.includes(other)).map(({ owner: { label } }) => label);
  session.program.reserve(sound, departed, new Set(mistaken));
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
