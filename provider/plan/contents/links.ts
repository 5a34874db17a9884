import type { Claim } from "../../intent/claim";
import { type Expectation, expectationOf, type Intent } from "../../intent/expectation";
import { type FileClaim, isOnHost } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import { escapeGlob, type Glob, parseGlob } from "../../intent/glob/glob";
import { type Bytes, bytesOf, fromWire, utf8Of } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { keepsEntry } from "../../model/mode";
import { ancestors, jailPathProblem } from "../../model/path";
import type { Observation } from "../../observe/observation";
import { staysKept } from "../seal/stays-cold";

type Seen = Pick<Observation, "entries" | "principals">;

/** The end of a path in a jail after following its links. */
export interface Lead {
  /** The path without links. Absent where the links form a circle, or lead to a name that cannot be declared. */
  readonly to?: Bytes;
  /** The links on the way. */
  readonly through: readonly Bytes[];
  /** The first link that users other than root may change. */
  readonly unsafe?: Bytes;
}

/** The kernel follows this many links (path_resolution(7)). */
const mostLinks = 40;

/**
 * The links that declared paths lead through: links that are present, and links that `up` puts there. Each resolves against the
 * jail's root, as for the daemon.
 */
export class Links {
  /** Links on declared paths whose targets the look has not told. */
  readonly untold = new Set<Bytes>();
  /** Links on declared paths, and the directories above the links: they serve the declaration. */
  readonly #through = new Set<Bytes>();
  readonly #files: ReadonlyMap<Bytes, FileClaim>;
  readonly #expectation: Expectation;
  readonly #seen: Seen;

  constructor(expectation: Expectation, seen: Seen, files: Iterable<FileClaim>) {
    this.#expectation = expectation;
    this.#seen = seen;
    this.#files = new Map([...files].map((claim) => [claim.at, claim]));
  }

  /** Follows the links above a path, and one at its end too where the path `isDirectory`. */
  lead(path: Bytes, isDirectory: boolean): Lead {
    let walked: string[] = [];
    let remaining = namesOf(path);
    let unsafe: Bytes | undefined;
    const through: Bytes[] = [];
    while (true) {
      const [name, ...rest] = remaining;
      if (name === undefined) break;
      remaining = rest;
      if (name === "..") {
        walked = walked.slice(0, -1);
        continue;
      }
      const at = fromWire([...walked, name].join("/"));
      const target = rest.length > 0 || isDirectory ? this.#targetOf(at) : undefined;
      if (target === undefined) {
        walked = [...walked, name];
        continue;
      }
      if (target === "untold") this.untold.add(at);
      through.push(at);
      if (target === "untold" || through.length > mostLinks) return { through, unsafe: unsafe ?? at };
      if (!this.#isRoots(at)) unsafe ??= at;
      if (target.startsWith("/")) walked = [];
      remaining = [...namesOf(target), ...rest];
    }
    const to = walked.length === 0 ? fromWire(".") : fromWire(walked.join("/"));
    const isName = bytesOf(utf8Of(to)) === to && jailPathProblem(utf8Of(to)) === undefined;
    return { through, ...(isName ? { to } : {}), ...(unsafe === undefined ? {} : { unsafe }) };
  }

  /** The resolved path; the path itself where it has no links, or has links that users other than root may change. */
  at(path: Bytes, isDirectory: boolean): Bytes {
    const { to, unsafe, through } = this.lead(path, isDirectory);
    if (to === undefined || unsafe !== undefined) return path;
    for (const link of through) for (const directory of [...ancestors(link), link]) this.#through.add(directory);
    return to;
  }

  /** Resolves the leading names of a glob that have no wildcards. */
  glob(glob: Glob, isDirectory: boolean): Glob {
    const { literal, components, source } = glob;
    if (literal !== undefined) {
      const to = this.at(literal, isDirectory);
      return to === literal ? glob : parseGlob(escapeGlob(utf8Of(to)));
    }
    const count = components.findIndex((component) => typeof component !== "string");
    const top = fromWire(components.slice(0, count).join("/"));
    const to = count > 0 ? this.at(top, true) : top;
    if (to === top) return glob;
    const above = to === "." ? [] : [escapeGlob(utf8Of(to))];
    return parseGlob([...above, ...source.split("/").slice(count)].join("/"));
  }

  intent(intent: Intent): Intent {
    return { ...intent, through: this.#through, claims: intent.claims.map((claim) => this.#claim(claim)) };
  }

  file(claim: FileClaim): FileClaim {
    return isOnHost(claim.at) ? claim : { ...claim, at: this.at(claim.at, false) };
  }

  /**
   * The reason why a link cannot stand where a claim wants a directory. Undefined for other entries, and for a link where the
   * daemon may write: that link is moved away, else a daemon could keep a jail from being repaired.
   */
  problem(at: Bytes, { match, presence, by }: Claim): Finding | undefined {
    const live = this.#seen.entries.get(at);
    if (live?.type !== "link") return undefined;
    const isDaemons = live.uid !== 0 && !this.#isCertain(at);
    if (presence === "required" && isDaemons) return undefined;
    const wanted = match.literal ?? at;
    const { to } = this.lead(wanted, presence === "required");
    const leads = to === undefined || to === wanted ? {} : { to };
    return finding("link-in-the-way", { ...(wanted === at ? {} : { below: wanted }), ...leads }, { at, by });
  }

  #claim(claim: Claim): Claim {
    const { match, except, presence } = claim;
    // No resource holds fields of a link, so a rule is about the link's target, unless a claim replaces the link.
    const isPut = match.literal !== undefined && this.#files.has(match.literal);
    const isDirectory = presence === "required" || (presence === "optional" && !isPut);
    return { ...claim, match: this.glob(match, isDirectory), except: except.map((glob) => this.glob(glob, false)) };
  }

  #targetOf(at: Bytes): Bytes | "untold" | undefined {
    const live = this.#seen.entries.get(at);
    const declared = this.#putAt(at, live);
    if (declared) return declared.is.type === "link" ? declared.is.target : undefined;
    return live?.type === "link" ? (live.target ?? "untold") : undefined;
  }

  /** The claim that `up` puts at a path. A put never replaces a directory. */
  #putAt(at: Bytes, live: Live | undefined): FileClaim | undefined {
    return live?.type === "directory" ? undefined : this.#files.get(at);
  }

  /** Whether only root can replace a link, both now and once everything is as declared. */
  #isRoots(at: Bytes): boolean {
    const live = this.#seen.entries.get(at);
    if (this.#putAt(at, live)) return steps(at).every((step) => this.#staysKept(step));
    return live?.uid === 0 && this.#isCertain(at);
  }

  #isCertain(at: Bytes): boolean {
    const { entries } = this.#seen;
    const isKept = ([above, entry]: Step) => keepsEntry(entries.get(above) ?? nobodys, entries.get(entry)?.uid);
    return steps(at).every((step) => isKept(step) && this.#staysKept(step));
  }

  #staysKept([above, entry]: Step): boolean {
    return staysKept(above, entry, this.#expectation, this.#seen);
  }
}

/** A directory on the way to a path, and the entry in it on that way. */
type Step = readonly [Bytes, Bytes];

function steps(path: Bytes): Step[] {
  const way = [fromWire("."), ...ancestors(path), path];
  return way.slice(1).map((entry, index) => [way[index] ?? entry, entry]);
}

const nobodys: Pick<Live, "uid" | "mode"> = { uid: -1, mode: 0 };

/**
 * Finds the links that the claims' paths lead through. A claim may open a directory that holds other links, so each claim counts
 * at its resolved path.
 */
export function linksOf(intent: Intent, seen: Seen, files: readonly FileClaim[]): Links {
  const first = new Links(expectationOf(intent), seen, files);
  const links = new Links(expectationOf(first.intent(intent)), seen, files);
  links.intent(intent);
  for (const file of files) links.file(file);
  return links;
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
