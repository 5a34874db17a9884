import type { Agent } from "../agent/agent";
import { applySteps } from "../agent/apply";
import type { Chain } from "../agent/chain";
import { look } from "../agent/observe";
import { type Scanned, scan } from "../agent/scan";
import { seal } from "../agent/seal";
import type { Site } from "../agent/site";
import type { Owner } from "../intent/claim";
import type { ProgramView } from "../intent/merge";
import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import type { Observation } from "../observe/observation";
import { asOpened, deferOpening, stillSealed, withPaths, withSubtrees } from "../plan/seal";
import { hostSteps, type Step } from "../plan/steps";
import { isStable, isWithin, withMade, zoneOf } from "../plan/zone";
import { Closed } from "./closed";
import { hush } from "./log-socket";
import { changeMounts } from "./mounts";
import { Puts } from "./puts";
import { isOwnersAlone, movesAway, type Repaired, stepsFor } from "./todo";
import { type Known, newlyKnown, type View, viewOf } from "./view";

/** Looks after a repair; what the daemon changes between two of them it can change for ever. */
const rounds = 4;
/** Above it all of the jail is looked at again instead of each path. */
const fewPaths = 2000;

/**
 * One change of a jail by one agent, which holds the lock: seal, fix, relax (DESIGN 5). What differs where only root can
 * rename anything is repaired as it is. Elsewhere the daemon's directories above it are closed first, and what is found
 * then is what is repaired; when all of it has been looked at again they are opened.
 */
export class Run {
  readonly #agent: Agent;
  readonly #site: Site;
  readonly #program: () => ProgramView;
  /** Entries as they are, with what is closed. */
  #entries: ReadonlyMap<Bytes, Live>;
  readonly #closed: Closed;
  /** The registry has records of an earlier run, whether or not anything of it is still closed. */
  #isToForget: boolean;
  /** Subtrees in which nobody but root can change anything now. */
  #zone: readonly Bytes[] = [];

  /** What has been moved away so far, and its names in the quarantine. */
  readonly moved = new Map<Bytes, string>();

  readonly #puts: Puts;
  readonly #known: Known;

  /** Nobody but root can make the path another file now. */
  readonly #isCertain = (path: Bytes): boolean => isStable(this.#entries, path);

  constructor(
    agent: Agent,
    site: Site,
    program: () => ProgramView,
    { entries, leftSealed }: Observation,
    { puts = new Puts(agent, site, () => undefined), known = newlyKnown() }: { puts?: Puts; known?: Known } = {},
  ) {
    this.#known = known;
    this.#puts = puts;
    this.#agent = agent;
    this.#site = site;
    this.#program = program;
    this.#entries = entries;
    this.#closed = new Closed(agent, site, stillSealed(entries, leftSealed));
    this.#isToForget = leftSealed.length > 0;
  }

  /** The observation is what is known of the jail; its entries are what this run has seen last. */
  view(observation: Observation, isCertain = this.#isCertain): Promise<View> {
    const seen = { ...observation, entries: asOpened(this.#entries, this.#closed.records), leftSealed: [] };
    const ways = {
      site: this.#site,
      use: <T>(ask: (agent: Agent) => Promise<T>) => ask(this.#agent),
      ...this.#known,
    };
    return viewOf(this.#program(), seen, ways, isCertain);
  }

  /** Makes the root, closed to everybody but root, and looks again. */
  async makeRoot(observation: Observation, chain: Chain): Promise<Observation> {
    const { entries, mounts } = await look(this.#agent, this.#site, { makeIn: chain });
    this.#entries = entries;
    return { ...observation, entries, mounts };
  }

  /** Repairs what belongs to some owners. */
  async repair(start: View, owners: readonly Owner[]): Promise<Repaired> {
    const done = await this.#repairOnce(start, owners);
    // What something was mounted on until now is seen at last.
    const isMore = done.isUncovered && stepsFor(done.view, owners).length > 0;
    return isMore ? this.#repairOnce(done.view, owners) : done;
  }

  async #repairOnce(start: View, owners: readonly Owner[]): Promise<Repaired> {
    const errors: string[] = [];
    let view = start;
    await this.opened();
    // What an earlier run had left closed is this run's to open.
    await this.#closed.plan();
    for (let round = 0; round < rounds; round++) {
      const todo = await this.#next(view, owners);
      view = todo.view;
      if (todo.steps.length === 0 || (round > 0 && todo.steps.every((step) => isOwnersAlone(step, view)))) break;
      errors.splice(0, Infinity, ...(await this.#apply(todo.steps)));
      view = await this.view(view.observation);
    }
    // What is on the host may point to what is in the jail.
    const besides = hostSteps(view.plan, this.#allowed(owners));
    if (besides.length > 0) {
      await this.#make(besides, view);
      await hush(this.#agent, this.#site, view, besides);
      await this.#puts.place(besides, this.#known.files);
      this.#known.files.forgetHost();
      view = await this.view(view.observation);
    }
    if (this.#closed.records.length > 0 || this.#isToForget) {
      // Whoever may write in the root could give another directory the name of the one that things are made in.
      if (!isStable(view.observation.entries, besideRoot)) await this.#puts.unplace();
      this.#closed.open();
      this.#zone = [];
      this.#isToForget = false;
      this.#entries = view.observation.entries;
    }
    return this.#mount(view, owners, errors);
  }

  /** Waits until all that was closed is open again. */
  opened(): Promise<void> {
    return this.#closed.opened();
  }

  /** Mounts what is to be mounted, once all is open again, without which the host mounts nothing: others see what is in it. */
  async #mount(view: View, owners: readonly Owner[], before: string[]): Promise<Repaired> {
    const changed = await changeMounts(this.#agent, this.#site, view, this.#allowed(owners), this.#known.mounts);
    if (!changed) return { view, errors: before, isUncovered: false };
    const { errors, entries, uncovered, ...seen } = changed;
    // What is below is looked at no more, or again.
    const bare = new Map([...this.#entries].filter(([path]) => !isWithin(path, seen.mounts)));
    this.#entries = withSubtrees(bare, uncovered, entries);
    this.#known.files.forgetHost();
    const isUncovered = uncovered.length > 0;
    return { view: await this.view({ ...view.observation, ...seen }), errors: [...before, ...errors], isUncovered };
  }

  /** Looks again at what has been taken back. */
  async look(observation: Observation): Promise<View> {
    const { entries } = await this.#scan("all");
    this.#entries = entries;
    this.#known.files.forgetHost();
    return this.view(observation);
  }

  /** Those whose files can be put in place. */
  #allowed(owners: readonly Owner[]): Owner[] {
    return owners.filter(({ label }) => !this.#puts.failed.has(label));
  }

  /** The steps for some owners; what they put in place is made before anything is closed, where root alone can reach it. */
  async #planned(view: View, owners: readonly Owner[]): Promise<Step[]> {
    const planned = stepsFor(view, this.#allowed(owners));
    const puts = planned.filter(({ action }) => action === "put");
    // Whoever has to accept a file may not reach it as long as the root is another one's: then it is for the next round.
    if (planned.some(({ path }) => path === ".")) return planned.filter(({ action }) => action !== "put");
    if (puts.length === 0 || !isStable(this.#entries, besideRoot)) return planned;
    if (puts.length === planned.length && zoneOf(this.#entries, planned).length === 0) {
      await this.#make(puts, view);
      return stepsFor(view, this.#allowed(owners));
    }
    await this.#puts.prepare(puts, view.observation.principals);
    return stepsFor(view, this.#allowed(owners));
  }

  /** Makes what is about to be put in place. What goes wrong with one that nobody has to accept is known when it is put there. */
  async #make(puts: readonly Step[], { observation }: View): Promise<void> {
    const making = this.#puts.prepare(puts, observation.principals);
    making.catch(() => undefined);
    if (!this.#puts.areQuick(puts)) await making;
  }

  /** Closes what is above the steps to be done, and plans again with what is there then. */
  async #next(before: View, owners: readonly Owner[]): Promise<{ view: View; steps: Step[] }> {
    // Whether all names of an inode are the jail's own is certain once they are closed: until then all of them count.
    const hint = before.plan.differences.some(({ blocked }) => blocked !== undefined)
      ? await this.view(before.observation, () => true)
      : before;
    const hinted = await this.#planned(hint, owners);
    const tops = zoneOf(this.#entries, hinted);
    if (tops.length === 0) return { view: hint, steps: hinted };
    const { closed, scanned } = await seal(this.#agent, this.#site, tops, this.#zone);
    this.#closed.closedMore(closed);
    this.#zone = [...this.#zone, ...tops];
    this.#entries = withSubtrees(this.#entries, this.#zone, scanned.entries);
    this.#known.files.forgetBelow(tops);
    const view = await this.view(before.observation);
    // What has appeared elsewhere in the meantime is for the next round.
    const found = await this.#planned(view, owners);
    const entries = withMade(this.#entries, found);
    return { view, steps: found.filter(({ path }) => isStable(entries, path)) };
  }

  async #apply(todo: readonly Step[]): Promise<string[]> {
    const { sealed, now } = deferOpening(this.#entries, this.#closed.records, todo);
    this.#closed.records = sealed;
    // All of it is one round trip, unless something is moved away, of which nobody knows yet where to.
    const chain = this.#agent.chain();
    const planning = this.#closed.plan(chain);
    const isMoving = now.some(movesAway);
    if (isMoving) await planning;
    const applying = applySteps(this.#agent, now, chain);
    if (isMoving) {
      const { moved } = await applying;
      for (const [path, name] of moved) this.moved.set(path, name);
      await this.#closed.moved(moved);
    }
    const puts = now.filter(({ action }) => action === "put");
    const [, { errors }] = await Promise.all([
      planning,
      applying,
      this.#puts.place(puts, this.#known.files),
      this.#lookAgain(todo.map(({ path }) => path)),
    ]);
    return [...errors];
  }

  async #lookAgain(paths: readonly Bytes[]): Promise<void> {
    const elsewhere = paths.filter((path) => !isWithin(path, this.#zone));
    if (elsewhere.length > fewPaths) {
      this.#entries = (await this.#scan("all")).entries;
      return;
    }
    const [below, at] = await Promise.all([
      this.#zone.length > 0 ? this.#scan({ below: this.#zone }) : undefined,
      elsewhere.length > 0 ? this.#scan({ at: elsewhere }) : undefined,
    ]);
    if (below) this.#entries = withSubtrees(this.#entries, this.#zone, below.entries);
    if (at) this.#entries = withPaths(this.#entries, elsewhere, at.entries);
  }

  #scan(zone: Parameters<typeof scan>[2]): Promise<Scanned> {
    return scan(this.#agent, this.#site, zone);
  }
}

/** A name in the jail's root, as what is made beside its place has one. */
const besideRoot = "beside" as Bytes;
