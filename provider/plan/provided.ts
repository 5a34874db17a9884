import { formatOwner } from "../intent/claim";
import type { ContentWish, FileClaim } from "../intent/file-claim";
import type { Refusal } from "../intent/merge";
import { type Bytes, show } from "../model/bytes";
import { type Digest, sameDigest } from "../model/digest";
import type { Live } from "../model/entry";
import type { FileFacts, LiveContent } from "../observe/files";
import type { Put } from "./difference";

/** Files and links that resources put somewhere, by place, and what keeps them from it. */
export class Provided {
  readonly refusals: Refusal[] = [];
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
          this.refuse(one, `${formatOwner(rival.by)} puts ${show(claim.at)} there too: one of the two has to go`);
    }
  }

  get claims(): Iterable<FileClaim> {
    return this.#claims.values();
  }

  at(path: Bytes): FileClaim | undefined {
    return this.#claims.get(path);
  }

  /** What a scan says of a place, with what it does not tell of a link. */
  told(at: Bytes, live: Live | undefined): Live | undefined {
    const target = live?.type === "link" ? (live.target ?? this.#facts?.targets?.get(at)) : undefined;
    return live && target !== undefined ? { ...live, target } : live;
  }

  refuse({ by }: FileClaim, why: string): void {
    this.refusals.push({ owner: by, why });
  }

  /** What has to be put in place, where what is there is another thing than is declared; `anew` also where it is not. */
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
    const why = this.#facts?.refused?.get(content.path);
    if (this.#facts)
      this.refuse(
        claim,
        why === undefined
          ? `the host has no file ${show(content.path)} that could be read: correct its name, or install it there`
          : `the host's ${show(content.path)} is not taken: ${why}`,
      );
    return undefined;
  }
}

function isSame(there: LiveContent | undefined, want: Digest): boolean {
  return there?.sha256 !== undefined && sameDigest({ size: there.size, sha256: there.sha256 }, want);
}
