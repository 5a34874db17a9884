import { type Claim, type Composed, formatOwner, type Owner } from "../intent/claim";
import type { Conflict, Expectation } from "../intent/expected";
import type { Refusal } from "../intent/merge";
import { ancestors, type Bytes, show } from "../model/bytes";
import { type Live, principalId } from "../model/entry";
import { isCold, type Mode, setIdBits } from "../model/mode";
import type { Observation } from "../observe/observation";
import { type Difference, type Wanted, withWanted } from "./difference";
import { First } from "./first";
import { type Capacity, type Exact, exactly, keptBits, partsOf } from "./parts";
import { missingTool, unknownPrincipal } from "./refusals";

/** Undeclared paths that a plan names; of the rest it tells the number. */
const undeclaredLimit = 20;

/** Compares an observation with what is expected, path by path, and keeps what it finds. */
export class Comparison {
  readonly differences: Difference[] = [];
  readonly refusals: Refusal[] = [];
  readonly undeclared = new First(undeclaredLimit);
  readonly expectation: Expectation;
  readonly #observation: Observation;
  readonly #capacity: Capacity;
  readonly #told = new Set<string>();
  readonly #exact = new Map<Composed, Exact | "none">();

  constructor(expectation: Expectation, observation: Observation) {
    this.expectation = expectation;
    this.#observation = observation;
    this.#capacity = {
      acl: observation.can.acl,
      capabilities: observation.can.capabilities,
      idOf: (what, name, by) => this.#id(what, name, by),
      missing: (tool, by) => this.#refuse(by.by, missingTool(tool)),
    };
  }

  entry(path: Bytes, live: Live): void {
    if (!this.expectation.declared(path)) this.undeclared.add(path);
    if (live.type !== "directory" && this.expectation.required.has(path)) return; // required() has it.
    const composed = this.expectation.at(path, live.type, (conflict) => this.#conflict(conflict));
    if (!composed) return;
    if (live.type === "file") this.#checkParents(path, composed, live);
    this.#compare(path, live, composed, undefined);
  }

  /** A directory that has to be there and is not, or something else is in its place. */
  required(path: Bytes, claim: Claim): void {
    const live = this.#observation.entries.get(path);
    if (live?.type === "directory" || this.#isBelowMount(path) || this.expectation.excluded(path)) return;
    const composed = this.expectation.at(path, "directory", (conflict) => this.#conflict(conflict)) ?? {};
    this.#compare(path, live, composed, claim);
  }

  #compare(path: Bytes, live: Live | undefined, composed: Composed, missing: Claim | undefined): void {
    const now = missing ? undefined : live;
    if (now && this.#isExact(composed, now)) return;
    const parts = partsOf(composed, now, (live?.type ?? "directory") === "directory" || !!missing, this.#capacity);
    if (missing) parts.unshift({ by: missing, want: {}, differs: true });
    if (!parts.some(({ differs }) => differs)) return; // Nearly all: nothing is made for them.
    const keep = keptBits(composed, now);
    for (const [owner, own] of groupBy(parts, ({ by }) => by.by)) {
      const differing = own.find(({ differs }) => differs);
      if (!differing) continue;
      // Whoever has a field of a missing directory may make it: `up --target` does what its preview says.
      const base: Wanted = missing ? { type: "directory" } : {};
      const want = own.reduce((sum, part) => withWanted(sum, part.want), base);
      const above = missing ? { above: this.#missingAbove(path) } : {};
      this.differences.push({ path, owner, live, want, keep, reason: differing.by.reason, ...above });
    }
  }

  /** Nearly all entries are as declared, and told so by three numbers: the same composition is asked for many of them. */
  #isExact(composed: Composed, live: Live): boolean {
    if (live.acl !== undefined || live.capabilities !== undefined) return false;
    let exact = this.#exact.get(composed);
    if (exact === undefined) {
      exact = exactly(composed, this.#capacity) ?? "none";
      this.#exact.set(composed, exact);
    }
    return exact !== "none" && live.uid === exact.uid && live.gid === exact.gid && live.mode === exact.mode;
  }

  /** A file that runs with more than its caller's rights must not be one that somebody else can put another in place of. */
  #checkParents(path: Bytes, { special, capabilities }: Composed, live: Live): void {
    const bits = special?.hold.is === "value" ? special.hold.value & setIdBits : 0;
    const text = capabilities?.hold.is === "value" ? capabilities.hold.value : "";
    if (bits === 0 && text === "") return;
    const powers = [
      { field: special, is: bits !== 0, isThere: (live.mode & bits) === bits, what: "setuid or setgid" },
      { field: capabilities, is: text !== "", isThere: live.capabilities === text, what: "capabilities" },
    ];
    for (const { field, is, isThere, what } of powers) {
      if (!field || !is) continue;
      const above = ["." as Bytes, ...ancestors(path)];
      const chosen = isThere
        ? undefined
        : [...above, path].find((one) => !isCold(this.#observation.entries.get(one) ?? live));
      if (chosen !== undefined) {
        const now = `others than root could write in ${show(chosen)} until now`;
        this.#refuse(
          field.by.by,
          `${show(path)} is to get ${what}, and ${now}: see that it is the right program, make what is above it and itself root's (the Jail's own update does), then run pulumi up again`,
          true,
        );
      }
      const hot = above.find((one) => !this.#staysCold(one));
      if (hot === undefined) continue;
      const why = `${show(path)} is declared with ${what}, and others than root may write in ${show(hot)}: who may replace the file would have its rights`;
      this.#refuse(field.by.by, why);
    }
  }

  /** Whether only root may write in a directory once everything is as declared. */
  #staysCold(path: Bytes): boolean {
    const live = this.#observation.entries.get(path);
    const { owner, mode } = this.expectation.at(path, "directory") ?? {};
    const uid =
      owner?.hold.is === "value" ? principalId(owner.hold.value, this.#observation.principals.uids) : live?.uid;
    const bits: Mode | undefined = mode?.hold.is === "value" ? mode.hold.value : live?.mode;
    return uid !== undefined && bits !== undefined && isCold({ uid, mode: bits });
  }

  #id(what: "user" | "group", name: string, by: Claim): number | undefined {
    const { uids, gids } = this.#observation.principals;
    const id = principalId(name, what === "user" ? uids : gids);
    if (id === undefined) this.#refuse(by.by, unknownPrincipal(what, name));
    return id;
  }

  #conflict({ path, field, claims: [one, other] }: Conflict): void {
    const names = `${formatOwner(one.by)} and ${formatOwner(other.by)}`;
    const what = {
      owner: "owners",
      group: "groups",
      mode: "modes",
      special: "special bits",
      acl: "ACLs",
      capabilities: "capabilities",
    };
    const isGlob = [one, other].some(({ match }) => match.literal === undefined);
    const remedy = `give one of them a higher order${isGlob ? ", or a literal path" : ""}`;
    const why = `${names} give different ${what[field]} to ${show(path)} with the same order: ${remedy}`;
    this.#refuse(one.by, why);
    this.#refuse(other.by, why);
  }

  #refuse(owner: Owner, why: string, isLasting = false): void {
    // One conflict may be met on each of many thousand paths: keep what is kept small.
    const key = `${formatOwner(owner)}\0${why}`;
    if (!this.#told.has(key)) this.refusals.push({ owner, why, ...(isLasting ? { isLasting } : {}) });
    this.#told.add(key);
  }

  #missingAbove(path: Bytes): Bytes[] {
    const { entries } = this.#observation;
    const all = path === "." ? [] : ["." as Bytes, ...ancestors(path)];
    return all.filter((above) => entries.get(above)?.type !== "directory");
  }

  #isBelowMount(path: Bytes): boolean {
    const { mounts } = this.#observation;
    return mounts.length > 0 && [...ancestors(path), path].some((part) => mounts.includes(part));
  }
}

function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group) group.push(value);
    else groups.set(keyOf(value), [value]);
  }
  return groups;
}
