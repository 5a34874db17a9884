import type { Use } from "../agent/asking";
import { closureOf } from "../agent/elf";
import type { Site } from "../agent/site";
import type { FileClaim } from "../intent/file-claim";
import { type Merged, withClaims } from "../intent/merge";
import type { Closure } from "../observe/elf/result";
import { binaryClaims, binaryFiles } from "../resources/jail/binaries";

/** What is wanted of a jail, with its programs. */
interface WithBinaries {
  readonly merged: Merged;
  readonly files: FileClaim[];
  readonly closure: Closure;
  /** False where one cannot be had: then nobody knows all that the others in the jail are there for. */
  readonly isWhole: boolean;
}

const none: Closure = { files: [], links: [], problems: [], hints: [] };

/** What the programs that a Jail declares need, as far as the host was asked; asked for once. */
export class KnownBinaries {
  readonly #closures = new Map<string, Closure>();

  /** What is wanted of a jail, with its programs: their files, what they claim, and why they cannot be had. */
  async with(merged: Merged, site: Site, use: Use): Promise<WithBinaries> {
    const { jail } = merged;
    const binaries = (jail?.args["binaries"] ?? {}) as Readonly<Record<string, string>>;
    const paths = Object.keys(binaries).sort();
    if (!jail || paths.length === 0) return { merged, files: [], closure: none, isWhole: true };
    const key = JSON.stringify(paths);
    const closure = this.#closures.get(key) ?? (await use((agent) => closureOf(agent, site, paths)));
    this.#closures.set(key, closure);
    const { owner } = jail;
    const claimed = withClaims(merged, binaryClaims(closure, binaries, owner));
    const problems = closure.problems.map(({ binary, why }) => ({
      owner,
      why: `${binary} cannot be had in the jail: ${why}: put that right on the host, or leave it out of binaries`,
    }));
    return {
      merged: { ...claimed, refusals: [...merged.refusals, ...problems] },
      files: binaryFiles(closure, binaries, owner),
      closure,
      isWhole: problems.length === 0,
    };
  }
}
