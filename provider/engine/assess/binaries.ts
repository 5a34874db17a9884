import type { Use } from "../../agent/channel/lease";
import { closureOf } from "../../agent/requests/elf";
import type { Claim } from "../../intent/claim";
import type { FileClaim } from "../../intent/file-claim";
import { finding } from "../../intent/finding";
import type { Reasons } from "../../intent/jail-intent";
import { type Merged, withClaims } from "../../intent/merge";
import type { Owner } from "../../intent/owner";
import { providedClaim } from "../../intent/provided-claim";
import { fromWire } from "../../model/bytes";
import type { Closure, JailCopy } from "../../observe/elf/result";

/** The intent for a jail, with the files of its programs. */
interface WithBinaries {
  readonly merged: Merged;
  readonly files: FileClaim[];
  readonly closure: Closure;
  /** False where a program cannot be had: then the reasons for the other programs' files in the jail are incomplete. */
  readonly isWhole: boolean;
}

const none: Closure = { files: [], links: [], problems: [], hints: [] };

/** The files that the programs of a Jail need, as far as the host was asked. Each program is asked for once. */
export class KnownBinaries {
  readonly #closures = new Map<string, Closure>();

  /** Adds to the intent for a jail its programs' files, their claims, and the reasons why a program cannot be had. */
  async with(merged: Merged, use: Use): Promise<WithBinaries> {
    const { jail } = merged;
    const binaries = jail?.intent.binaries ?? {};
    const paths = Object.keys(binaries).sort();
    if (!jail || paths.length === 0) return { merged, files: [], closure: none, isWhole: true };
    const key = JSON.stringify(paths);
    const closure = this.#closures.get(key) ?? (await use((agent) => closureOf(agent, paths)));
    this.#closures.set(key, closure);
    const { owner } = jail;
    const claimed = withClaims(merged, binaryClaims(closure, binaries, owner));
    const problems = closure.problems.map((problem) => finding("program-unavailable", problem, { by: owner }));
    return {
      merged: { ...claimed, refusals: [...merged.refusals, ...problems] },
      files: binaryFileClaims(closure, binaries, owner),
      closure,
      isWhole: problems.length === 0,
    };
  }
}

/** The claims of a jail's programs with everything they need: links, and files as the host has them. */
function binaryFileClaims({ files, links }: Closure, binaries: Reasons, by: Owner): FileClaim[] {
  return [
    ...files.map((copy): FileClaim => {
      const content = { from: "host", path: copy.source } as const;
      return { by, reason: reasonOf(copy, binaries), at: copy.path, is: { type: "file", content } };
    }),
    ...links.map(
      ({ path, target }): FileClaim => ({
        by,
        reason: "where programs look for their libraries, as on the host",
        at: path,
        is: { type: "link", target },
      }),
    ),
  ];
}

/** Others may read and run them as on the host. */
function binaryClaims({ files }: Closure, binaries: Reasons, by: Owner): Claim[] {
  return files.map((copy) => providedClaim(copy.path, copy.mode & 0o755, reasonOf(copy, binaries), by));
}

function reasonOf({ role, neededBy }: JailCopy, binaries: Reasons): string {
  const [first = ""] = neededBy;
  const reason = binaries[first] ?? "";
  if (role === "binary") return reason;
  const more = neededBy.length > 1 ? ` and ${neededBy.length - 1} more` : "";
  return `${role} of ${fromWire(first)}${more}: ${reason}`;
}
