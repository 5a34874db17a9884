import { type Claim, type Composed, formatOwner, type Owner, sameOwner } from "../intent/claim";
import type { Conflict, Expectation } from "../intent/expected";
import type { FileClaim } from "../intent/file-claim";
import type { Refusal } from "../intent/merge";
import { ancestors, type Bytes, show } from "../model/bytes";
import { type Live, principalId } from "../model/entry";
import { isCold, setIdBits } from "../model/mode";
import type { Observation } from "../observe/observation";
import { deviceDifference, isDevice, strayDevice } from "./devices";
import { type Difference, type Put, type Wanted, withWanted } from "./difference";
import { First } from "./first";
import { type Capacity, type Exact, exactly, keptBits, partsOf } from "./parts";
import type { Provided } from "./provided";
import { conflictText, missingTool } from "./refusals";
import { staysCold } from "./stays-cold";
import type { Pruned } from "./undeclared";

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
  readonly #provided: Provided;
  readonly #jail: Owner | undefined;
  readonly #pruned: Pruned | undefined;

  /** `jail` is who has what nobody else does. */
  constructor(
    expectation: Expectation,
    observation: Observation,
    provided: Provided,
    jail: Owner | undefined,
    pruned: Pruned | undefined,
  ) {
    this.#jail = jail;
    this.#pruned = pruned;
    this.expectation = expectation;
    this.#observation = observation;
    this.#provided = provided;
    this.#capacity = {
      acl: observation.can.acl,
      capabilities: observation.can.capabilities,
      idOf: (what, name) => {
        const { uids, gids } = observation.principals;
        return principalId(name, what === "user" ? uids : gids);
      },
      missing: (tool, by) => this.#refuse(by.by, missingTool(tool)),
    };
  }

  entry(path: Bytes, live: Live): void {
    if (this.#provided.at(path)) return; // provided() has it.
    if (this.#pruned?.isBelow(path)) return;
    const stray = this.expectation.excluded(path)
      ? undefined
      : strayDevice(path, live, this.#observation.files?.devices?.get(path), this.#jail);
    const moved = stray ?? this.#pruned?.tops.get(path);
    if (moved) {
      this.differences.push(moved);
      return;
    }
    if (!this.expectation.declared(path) && !this.#pruned?.isKept(path)) this.undeclared.add(path);
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
    if (live && claim.presence === "within") {
      const remedy = live.type === "link" ? "declare the path that it points to" : "remove it, or declare another path";
      this.#refuse(
        claim.by,
        `${show(path)}, which is above ${show(claim.match.literal ?? path)}, is a ${live.type}: ${remedy}`,
      );
      return;
    }
    const composed = this.expectation.at(path, "directory", (conflict) => this.#conflict(conflict)) ?? {};
    this.#compare(path, live, { ...composed, ...this.#unheld(path, composed, claim) }, claim);
  }

  /** What nobody holds of a directory that is made where the daemon may write: it is as the one that it is made below. */
  #unheld(path: Bytes, composed: Composed, by: Claim): Composed {
    const above = ["." as Bytes, ...ancestors(path)].map((each) => this.expectation.at(each, "directory") ?? {});
    const isHeld = (field: Composed[keyof Composed]) => field?.hold.is === "value";
    const fields = (["owner", "group", "mode"] as const).flatMap((name) => {
      const isOpen = composed[name]?.hold.is === "any" && composed[name].by.tier === "writable";
      const hold = isOpen ? above.findLast((one) => isHeld(one[name]))?.[name]?.hold : undefined;
      return hold ? [[name, { hold, by }]] : [];
    });
    return Object.fromEntries(fields);
  }

  /** A file or a link in the jail that has to be there, with what it is made of. */
  provided(claim: FileClaim): void {
    const { at, by, is } = claim;
    const live = this.#provided.told(at, this.#observation.entries.get(at));
    const why = this.#unfit(at, live);
    if (why !== undefined) this.#refuse(by, `${show(at)} ${why}`);
    if (isDevice(claim)) {
      const number = this.#observation.files?.devices?.get(at);
      const found = why === undefined && deviceDifference(claim, live, number, this.#observation.principals);
      if (found) this.differences.push({ ...found, above: this.#missingAbove(at) });
      return;
    }
    const put = this.#provided.put(claim, live);
    const isThere = live?.type === is.type;
    if (why !== undefined || (!isThere && !put)) return;
    const composed =
      is.type === "file" ? (this.expectation.at(at, "file", (conflict) => this.#conflict(conflict)) ?? {}) : {};
    if (live && is.type === "file" && isThere) this.#checkParents(at, composed, live);
    if (isThere) this.#compare(at, live, composed, undefined, put);
    else this.#absent(claim, live, composed, put);
  }

  /** Why nothing can be put at a place. */
  #unfit(at: Bytes, live: Live | undefined): string | undefined {
    if (live?.type === "directory") return "is a directory: remove it, or declare another path";
    if (this.#isBelowMount(at))
      return "is at or below a mount point, which is left alone: declare a path of the jail itself";
    if (this.expectation.excluded(at)) return "is excluded by the Jail: leave one of the two out";
    if (this.expectation.required.get(at)?.match.literal === at)
      return "is declared as a directory too: leave one of the two out";
    return undefined;
  }

  /** Only whoever declares a file can make it: then all of it is as declared at once, whoever holds the fields. */
  #absent({ at, by, reason, is }: FileClaim, live: Live | undefined, composed: Composed, put: Put | undefined): void {
    const parts = partsOf(composed, undefined, false, this.#capacity);
    const want = parts.reduce((sum, part) => withWanted(sum, part.want), { type: is.type } as Wanted);
    const keep = keptBits(composed, undefined);
    const above = this.#missingAbove(at);
    this.differences.push({ path: at, owner: by, live, want, keep, reason, ...(put ? { put } : {}), above });
  }

  #compare(path: Bytes, live: Live | undefined, composed: Composed, missing: Claim | undefined, put?: Put): void {
    const now = missing ? undefined : live;
    if (now && !put && this.#isExact(composed, now)) return;
    const parts = partsOf(composed, now, (live?.type ?? "directory") === "directory" || !!missing, this.#capacity);
    if (missing) parts.unshift({ by: missing, want: {}, differs: true });
    if (put) parts.unshift({ by: put.claim, want: {}, differs: true });
    if (!parts.some(({ differs }) => differs)) return; // Nearly all: nothing is made for them.
    const keep = keptBits(composed, now);
    // Who makes a directory gives it what other stacks declare, too: their next run may be days away.
    const others = missing ? parts.filter(({ by }) => by.by.stack !== undefined) : [];
    for (const own of groupBy(parts, ({ by }) => formatOwner(by.by)).values()) {
      const differing = own.find(({ differs }) => differs);
      if (!differing) continue;
      const owner = differing.by.by;
      // Whoever has a field of a missing directory may make it: `up --target` does what its preview says.
      const base: Wanted = missing ? { type: "directory" } : {};
      const want = [...own, ...others].reduce((sum, part) => withWanted(sum, part.want), base);
      const above = missing ? { above: this.#missingAbove(path) } : {};
      const putting = put && sameOwner(put.claim.by, owner) ? { put } : {};
      this.differences.push({ path, owner, live, want, keep, reason: differing.by.reason, ...putting, ...above });
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
      const hot = above.find((one) => !staysCold(one, this.expectation, this.#observation));
      if (hot === undefined) continue;
      const why = `${show(path)} is declared with ${what}, and others than root may write in ${show(hot)}: who may replace the file would have its rights`;
      this.#refuse(field.by.by, why);
    }
  }

  #conflict(conflict: Conflict): void {
    const why = conflictText(conflict);
    for (const { by } of conflict.claims) this.#refuse(by, why);
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
