import type { UnitEnd } from "../fleet/run";
import type { AssessmentV1 } from "../render/assessment/assessment-v1";

/** The end of a unit that its preview decides alone: `up` would not touch a jail, or could not reach one. */
export function endByJails(jails: readonly AssessmentV1[]): UnitEnd | undefined {
  const refused = jails.find(({ state }) => state === "refused");
  if (refused) return { outcome: "refused", why: `preview: ${placeOf(refused)}: ${refusalOf(refused)}` };
  const away = jails.find(({ isUnreachable }) => isUnreachable);
  if (!away) return undefined;
  // A host beside it that is there, and has another key or refuses the login, has failed: an outage must not hide that.
  const shut = jails.find(({ isUnreachable, state, problems = [] }) => {
    return !isUnreachable && state === "not-checked" && problems.length > 0;
  });
  if (shut) return { outcome: "failed", why: `preview: ${placeOf(shut)}: ${shut.problems?.[0]}` };
  return { outcome: "unreachable", why: `preview: ${placeOf(away)}: ${away.problems?.[0] ?? "no answer"}` };
}

function refusalOf({ problems = [], findings }: AssessmentV1): string {
  const problem = problems.find((text) => text.includes(": refused: "));
  const finding = findings.find(({ severity }) => severity === "refused");
  return problem ?? finding?.text ?? "pulumi up would not touch it";
}

function placeOf({ host, root }: AssessmentV1): string {
  return host === undefined ? root : `${host}:${root}`;
}

/** Jails of units by the machine and the root that their hosts tell: two names of one host have the same. */
export class KnownJails {
  readonly #units = new Map<string, { readonly unit: string; readonly host: string }>();

  /** Adds the jails of a unit, or names the unit that has one of them already. */
  add(unit: string, jails: readonly AssessmentV1[]): string | undefined {
    // A unit may be tried again.
    for (const [key, known] of this.#units) if (known.unit === unit) this.#units.delete(key);
    for (const jail of jails) {
      const { machine, root, host = "" } = jail;
      if (machine === "") continue;
      const key = `${machine}\0${root}`;
      const known = this.#units.get(key);
      if (known && (known.unit !== unit || known.host !== host))
        return `${placeOf(jail)} of ${unit} and ${known.host}:${root} of ${known.unit} are one jail of one host (machine-id ${machine}): declare it in one unit alone`;
      this.#units.set(key, { unit, host });
    }
    return undefined;
  }
}
