import type { Claim, Composed } from "../intent/claim";
import type { Conflict, Expectation } from "../intent/expectation";
import type { FileClaim } from "../intent/file-claim";
import { type Finding, finding } from "../intent/finding";
import { type Owner, ownerKey, sameOwner } from "../intent/owner";
import type { Bytes } from "../model/bytes";
import { type Live, principalId } from "../model/entry";
import { groupBy } from "../model/group-by";
import { isCold, setIdBits } from "../model/mode";
import { ancestors } from "../model/path";
import { isBelowMount, isUnseen, type Observation } from "../observe/observation";
import { conflictFindings, unfitAbove } from "./checks/refusals";
import { deviceDifference, isDevice } from "./contents/devices";
import { Links } from "./contents/links";
import { Programs } from "./contents/programs";
import type { Provided } from "./contents/provided";
import { type Pruned, powersOf } from "./contents/prune";
import { isMovedAway, stray } from "./contents/quarantine";
import type { UndeclaredEntries } from "./contents/undeclared-entries";
import { type Difference, type Put, type Wanted, withWanted } from "./difference";
import { type Capacity, type Exact, exactly, fieldsOf, keptBits } from "./fields";
import { staysCold } from "./seal/stays-cold";
import { unfitPlace } from "./unfit-place";

/** An entry that is made anew at a path: a missing directory, or a put. */
interface Anew {
  readonly missing?: Claim;
  readonly put?: Put;
}

/** Compares an observation with the expectation, path by path, and collects differences and refusals. */
export class Comparison {
  readonly differences: Difference[] = [];
  readonly undeclared: UndeclaredEntries;
  readonly expectation: Expectation;
  readonly #observation: Observation;
  readonly #capacity: Capacity;
  /** By their text: one conflict may occur on many thousand paths. */
  readonly #refusals = new Map<string, Finding>();
  readonly #exact = new Map<Composed, Exact | "none">();
  readonly #provided: Provided;
  readonly #programs: Programs;
  readonly #jail: Owner | undefined;
  readonly #pruned: Pruned | undefined;
  readonly #links: Links;
  readonly #refusedLinks = new Set<Bytes>();

  /** `jail` gets the differences that belong to no other resource. */
  constructor(
    expectation: Expectation,
    observation: Observation,
    provided: Provided,
    {
      jail,
      pruned,
      undeclared,
    }: Pick<Comparison, "undeclared"> & { jail: Owner | undefined; pruned: Pruned | undefined },
  ) {
    this.#jail = jail;
    this.#pruned = pruned;
    this.undeclared = undeclared;
    this.expectation = expectation;
    this.#observation = observation;
    this.#provided = provided;
    this.#links = new Links(expectation, observation, provided.claims);
    this.#programs = new Programs(observation, expectation);
    this.#capacity = {
      acl: observation.can.acl,
      capabilities: observation.can.capabilities,
      idOf: (kind, name) => {
        const { uids, gids } = observation.principals;
        return principalId(name, kind === "user" ? uids : gids);
      },
      missing: (tool, { by }) => this.#refuse(finding("missing-tool", { tool }, { by })),
    };
  }

  entry(path: Bytes, live: Live): void {
    if (this.#provided.at(path)) return; // provided() compares it.
    if (this.#pruned?.isBelow(path) || isMovedAway(path, this.#observation.entries, this.#jail)) return;
    const found = this.expectation.excluded(path)
      ? undefined
      : stray(path, live, this.#observation.files?.devices?.get(path), this.#jail);
    const moved = found ?? this.#pruned?.tops.get(path);
    if (moved) {
      this.differences.push(moved);
      return;
    }
    if (!this.expectation.declared(path) && !this.#pruned?.isKept(path)) this.undeclared.add(path);
    if (live.type !== "directory" && this.expectation.required.has(path)) return; // required() compares it.
    const type = this.#programs.typeOf(path, live.type);
    const all = this.expectation.at(path, type, (conflict) => this.#conflict(conflict));
    const composed = all && this.#pruned?.isDaemons(path) ? powersOf(all, live) : all;
    if (!composed) return;
    if (live.type === "file") this.#checkParents(path, composed, live);
    this.#compare(path, live, composed);
  }

  /** A required directory that is missing, or that has another entry in its place. */
  required(path: Bytes, claim: Claim): void {
    const live = this.#observation.entries.get(path);
    if (live?.type === "directory" || isUnseen(path, this.#observation) || this.expectation.excluded(path)) return;
    if (isBelowMount(path, this.#observation)) return;
    if (ancestors(path).some((above) => this.#refusedLinks.has(above))) return;
    const refusal = live && (this.#links.problem(path, claim) ?? unfitAbove(path, live, claim));
    if (refusal) {
      if (live?.type === "link") this.#refusedLinks.add(path);
      this.#refuse(refusal);
      return;
    }
    const composed = this.expectation.at(path, "directory", (conflict) => this.#conflict(conflict)) ?? {};
    this.#compare(path, live, { ...composed, ...this.#unheld(path, composed, claim) }, { missing: claim });
  }

  /** The unheld fields of a directory that is made where the daemon may write: it takes them from the directory above it. */
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

  /** A file or a link that has to be in the jail, with its content. */
  provided(claim: FileClaim): void {
    const { at, by, is } = claim;
    // The look did not see this place: the claim is not checked.
    if (isUnseen(at, this.#observation)) return;
    const live = this.#provided.told(at, this.#observation.entries.get(at));
    const unfit = unfitPlace(claim, live, this.expectation, this.#observation);
    if (unfit) this.#refuse(finding("place-unfit", unfit, { at, by }));
    if (isDevice(claim)) {
      const number = this.#observation.files?.devices?.get(at);
      const found = !unfit && deviceDifference(claim, live, number, this.#observation.principals);
      if (found) this.differences.push({ ...found, above: this.#missingAbove(at) });
      return;
    }
    const put = this.#provided.put(claim, live);
    const isThere = live?.type === is.type;
    if (unfit || (!isThere && !put)) return;
    const composed =
      is.type === "file"
        ? (this.expectation.at(at, this.#programs.typeOf(at, "file"), (conflict) => this.#conflict(conflict)) ?? {})
        : {};
    if (live && is.type === "file" && isThere) this.#checkParents(at, composed, live);
    if (isThere) this.#compare(at, live, composed, put ? { put } : {});
    else this.#absent(claim, live, composed, put);
  }

  /**
   * Only the owner of a file claim can make the file. It then sets all fields at once, including fields that other resources
   * hold.
   */
  #absent({ at, by, reason, is }: FileClaim, live: Live | undefined, composed: Composed, put: Put | undefined): void {
    const parts = fieldsOf(composed, undefined, false, this.#capacity);
    const want = parts.reduce((sum, part) => withWanted(sum, part.want), { type: is.type } as Wanted);
    const keep = keptBits(composed, undefined);
    const above = this.#missingAbove(at);
    this.differences.push({ path: at, owner: by, live, want, keep, reason, ...(put ? { put } : {}), above });
  }

  #compare(path: Bytes, live: Live | undefined, composed: Composed, { missing, put }: Anew = {}): void {
    const now = missing ? undefined : live;
    if (now && !put && this.#isExact(composed, now)) return;
    const parts = fieldsOf(composed, now, (live?.type ?? "directory") === "directory" || !!missing, this.#capacity);
    if (missing) parts.unshift({ by: missing, want: {}, differs: true });
    if (put) parts.unshift({ by: put.claim, want: {}, differs: true });
    if (!parts.some(({ differs }) => differs)) return; // Nearly all entries end here.
    const keep = keptBits(composed, now);
    // The run that makes a directory also applies what other stacks declare: their next run may be days away.
    const others = missing ? parts.filter(({ by }) => by.by.stack !== undefined) : [];
    for (const own of groupBy(parts, ({ by }) => ownerKey(by.by)).values()) {
      const differing = own.find(({ differs }) => differs);
      if (!differing) continue;
      const owner = differing.by.by;
      // Each resource with a field of a missing directory may make it: so `up --target` does as its preview says.
      const base: Wanted = missing ? { type: "directory" } : {};
      const want = [...own, ...others].reduce((sum, part) => withWanted(sum, part.want), base);
      const above = missing ? { above: this.#missingAbove(path) } : {};
      const putting = put && sameOwner(put.claim.by, owner) ? { put } : {};
      this.differences.push({ path, owner, live, want, keep, reason: differing.by.reason, ...putting, ...above });
    }
  }

  /** Nearly all entries are as declared, and three numbers show that: the same composition is asked for many of them. */
  #isExact(composed: Composed, live: Live): boolean {
    if (live.acl !== undefined || live.capabilities !== undefined) return false;
    let exact = this.#exact.get(composed);
    if (exact === undefined) {
      exact = exactly(composed, this.#capacity) ?? "none";
      this.#exact.set(composed, exact);
    }
    return exact !== "none" && live.uid === exact.uid && live.gid === exact.gid && live.mode === exact.mode;
  }

  /** Refuses a setuid file, or one with capabilities, in a directory where a user other than root can replace it. */
  #checkParents(path: Bytes, { special, capabilities }: Composed, live: Live): void {
    const bits = special?.hold.is === "value" ? special.hold.value & setIdBits : 0;
    const text = capabilities?.hold.is === "value" ? capabilities.hold.value : "";
    if (bits === 0 && text === "") return;
    // A host without setcap counts too: it may get the command when nothing shows the danger any more.
    const powers = [
      { field: special, is: bits !== 0, isThere: (live.mode & bits) === bits, name: "setuid or setgid" },
      { field: capabilities, is: text !== "", isThere: live.capabilities === text, name: "capabilities" },
    ];
    for (const { field, is, isThere, name } of powers) {
      if (!field || !is) continue;
      const above = ["." as Bytes, ...ancestors(path)];
      const chosen = isThere
        ? undefined
        : [...above, path].find((directory) => !isCold(this.#observation.entries.get(directory) ?? live));
      const { by } = field.by;
      if (chosen !== undefined)
        this.#refuse(finding("powers-untrusted", { powers: name, above: chosen }, { at: path, by }));
      const hot = above.find((directory) => !staysCold(directory, this.expectation, this.#observation));
      if (hot !== undefined)
        this.#refuse(finding("powers-replaceable", { powers: name, above: hot }, { at: path, by }));
    }
  }

  #conflict(conflict: Conflict): void {
    for (const refusal of conflictFindings(conflict)) this.#refuse(refusal);
  }

  refusals(): Iterable<Finding> {
    return this.#refusals.values();
  }

  #refuse(refusal: Finding): void {
    this.#refusals.set(JSON.stringify(refusal), refusal);
  }

  #missingAbove(path: Bytes): Bytes[] {
    const all = path === "." ? [] : ["." as Bytes, ...ancestors(path)];
    return all.filter((above) => this.#observation.entries.get(above)?.type !== "directory");
  }
}
