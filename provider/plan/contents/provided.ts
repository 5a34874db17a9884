import type { ContentWish, FileClaim } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import type { Bytes } from "../../model/bytes";
import { type Digest, sameDigest } from "../../model/digest";
import type { Live } from "../../model/entry";
import type { FileFacts, LiveContent } from "../../observe/file-facts";
import type { Put } from "../difference";

/** Files and links that resources put somewhere, by place, and the reasons against a put. */
export class Provided {
  readonly refusals: Finding[] = [];
  readonly #claims = new Map<Bytes, FileClaim>();
  readonly #facts: FileFacts | undefined;

  constructor(claims: readonly FileClaim[], facts: FileFacts | undefined) {
    this.#facts = facts;
    for (const claim of claims) {
      const other = this.#claims.get(claim.at);
      if (!other) this.#claims.set(claim.at, claim);
      else
        for (const [one, rival] of [
          [claim, other],
          [other, claim],
        ] as const)
          this.refusals.push(finding("place-shared", { rival: rival.by }, one));
    }
  }

  get claims(): Iterable<FileClaim> {
    return this.#claims.values();
  }

  at(path: Bytes): FileClaim | undefined {
    return this.#claims.get(path);
  }

  /** A scanned entry, completed with the target that a scan does not tell of a link. */
  told(at: Bytes, live: Live | undefined): Live | undefined {
    const target = live?.type === "link" ? (live.target ?? this.#facts?.targets?.get(at)) : undefined;
    return live && target !== undefined ? { ...live, target } : live;
  }

  /** The put for a claim whose entry differs from the declaration; with `anew` also for one that does not. */
  put(claim: FileClaim, live: Live | undefined, anew = false): Put | undefined {
    if (claim.is.type === "link")
      return live?.type === "link" && live.target === claim.is.target ? undefined : { claim };
    if (claim.is.type !== "file") return { claim };
    const { content } = claim.is;
    const want = content && this.#wanted(claim, content);
    if (!content || !want) return undefined;
    const there = live?.type === "file" ? this.#facts?.contents.get(claim.at) : undefined;
    return isSame(there, want) && !anew ? undefined : { claim, want, ...(there ? { live: there } : {}) };
  }

  #wanted(claim: FileClaim, content: ContentWish): Digest | undefined {
    if (content.from === "program") return content.digest;
    const { size, sha256 } = this.#facts?.contents.get(content.path) ?? {};
    if (size !== undefined && sha256 !== undefined) return { size, sha256 };
    const told = this.#facts?.refused?.get(content.path);
    if (this.#facts) {
      const { by } = claim;
      this.refusals.push(
        told === undefined
          ? finding("source-missing", { path: content.path }, { by })
          : finding("source-unsafe", { path: content.path, told }, { by }),
      );
    }
    return undefined;
  }
}

function isSame(there: LiveContent | undefined, want: Digest): boolean {
  return there?.sha256 !== undefined && sameDigest({ size: there.size, sha256: there.sha256 }, want);
}
