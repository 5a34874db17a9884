import { type OracleProgram, root } from "./program";
import type { Random } from "./random";
import { attributes } from "./tamperings/attributes";
import { declaredFiles } from "./tamperings/declared-files";
import { daemons, entries } from "./tamperings/entries";
import { onHost } from "./tamperings/on-host";
import { places } from "./tamperings/places";
import { accounts, programs } from "./tamperings/programs";
import type { Tampering } from "./tamperings/tampering";
import { units } from "./tamperings/units";

const all = [
  ...attributes,
  ...attributes,
  ...entries,
  ...daemons,
  ...declaredFiles,
  ...onHost,
  ...places,
  ...programs,
  ...accounts,
  ...units,
];

/** A tampering that a host of that flavour can have; `undo: "rebuild"` asks for a fresh jail. */
export function randomTampering(program: OracleProgram, random: Random, has: ReadonlySet<string>): Tampering {
  for (;;) {
    const made = random.pick(all)(program, random);
    if (made && (made.needs === undefined || has.has(made.needs)))
      return { ...made, script: `cd ${root} && { ${made.script}; }` };
  }
}
