import type { Agent } from "../agent/agent";
import { applySteps } from "../agent/apply";
import { look } from "../agent/observe";
import type { Moved } from "../agent/quarantine";
import { type Scanned, scan } from "../agent/scan";
import { planOpening, relax, seal } from "../agent/seal";
import type { Site } from "../agent/site";
import type { Owner } from "../intent/claim";
import type { ProgramView } from "../intent/merge";
import { ancestors, type Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import { quarantineName } from "../model/path";
import { type Observation, rootOf, type Sealed } from "../observe/observation";
import { asOpened, deferOpening, stillSealed, withPaths, withSubtrees } from "../plan/seal";
import { hostSteps, type Step, steps } from "../plan/steps";
import { isStable, isWithin, withMade, zoneOf } from "../plan/zone";
import { hush } from "./log-socket";
import { changeMounts } from "./mounts";
import { Puts } from "./puts";
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
  /** What is closed, or has to stay so for now, and what it is opened to. */
  #sealed: readonly Sealed[];
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
    this.#sealed = stillSealed(entries, leftSealed);
    this.#isToForget = leftSealed.length > 0;
  }

  /** The observation is what is known of the jail; its entries are what this run has seen last. */
  view(observation: Observation, isCertain = this.#isCertain): Promise<View> {
    const seen = { ...observation, entries: asOpened(this.#entries, this.#sealed), leftSealed: [] };
    const ways = {
      site: this.#site,
      use: <T>(ask: (agent: Agent) => Promise<T>) => ask(this.#agent),
      ...this.#known,
    };
    return viewOf(this.#program(), seen, ways, isCertain);
  }

  /** Makes the root, closed to everybody but root, and looks again. */
  async makeRoot(observation: Observation): Promise<Observation> {
    const { entries, mounts } = await look(this.#agent, this.#site, { make: true });
    this.#entries = entries;
    return { ...observation, entries, mounts };
  }

  /** Repairs what belongs to some owners. The errors are of single paths; what they left undone the view tells. */
  async repair(start: View, owners: readonly Owner[]): Promise<{ view: View; errors: string[] }> {
    const errors: string[] = [];
    let view = start;
    // What an earlier run had left closed is this run's to open.
    if (this.#sealed.length > 0) await planOpening(this.#agent, this.#site, this.#sealed);
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
      await this.#puts.prepare(besides, view.observation.principals);
      await hush(
        this.#agent,
        this.#site,
        view,
        besides.map(({ path }) => path),
      );
      await this.#puts.place(besides, this.#known.files);
      this.#known.files.forgetHost();
      view = await this.view(view.observation);
    }
    if (this.#sealed.length > 0 || this.#isToForget) {
      // Whoever may write in the root could give another directory the name of the one that things are made in.
      if (!isStable(view.observation.entries, besideRoot)) await this.#puts.unplace();
      await relax(this.#agent, this.#site);
      this.#isToForget = false;
      this.#entries = view.observation.entries;
      this.#sealed = [];
    }
    return this.#mount(view, owners, errors);
  }

  /** Mounts what is to be mounted, once all is open again: it shows others what is in it, and nothing of that is closed here. */
  async #mount(view: View, owners: readonly Owner[], before: string[]): Promise<{ view: View; errors: string[] }> {
    const done = await changeMounts(this.#agent, this.#site, view, this.#allowed(owners));
    if (!done) return { view, errors: before };
    const { mounts, mounted } = await this.#scan({ at: done.places });
    // What is below is looked at no more.
    this.#entries = new Map([...this.#entries].filter(([path]) => !isWithin(path, mounts)));
    this.#known.files.forgetHost();
    this.#known.mounts.forget();
    return { view: await this.view({ ...view.observation, mounts, mounted }), errors: [...before, ...done.errors] };
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
    const planned = plannedSteps(view, this.#allowed(owners));
    const puts = planned.filter(({ action }) => action === "put");
    // Whoever has to accept a file may not reach it as long as the root is another one's: then it is for the next round.
    if (planned.some(({ path }) => path === ".")) return planned.filter(({ action }) => action !== "put");
    if (puts.length === 0 || !isStable(this.#entries, besideRoot)) return planned;
    await this.#puts.prepare(puts, view.observation.principals);
    return plannedSteps(view, this.#allowed(owners));
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
    this.#sealed = [...this.#sealed, ...closed];
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
    const { sealed, now } = deferOpening(this.#entries, this.#sealed, todo);
    this.#sealed = sealed;
    if (sealed.length > 0) await planOpening(this.#agent, this.#site, sealed);
    const { moved, errors } = await applySteps(this.#agent, now);
    await this.#relocate(moved);
    await this.#puts.place(
      now.filter(({ action }) => action === "put"),
      this.#known.files,
    );
    await this.#lookAgain(todo.map(({ path }) => path));
    return [...errors];
  }

  /** What was closed and has been moved away is opened where it is now, so that it is as it was when it is brought back. */
  async #relocate(moved: Moved): Promise<void> {
    for (const [path, name] of moved) this.moved.set(path, name);
    const places = this.#sealed.map((record) => {
      const from = [...ancestors(record.path), record.path].find((part) => moved.has(part));
      if (from === undefined) return record;
      const path = `${quarantineName}/${moved.get(from)}${record.path.slice(from.length)}` as Bytes;
      return { ...record, path };
    });
    if (places.every((record, at) => record === this.#sealed[at])) return;
    this.#sealed = places;
    await planOpening(this.#agent, this.#site, places);
  }

  async #lookAgain(paths: readonly Bytes[]): Promise<void> {
    const elsewhere = paths.filter((path) => !isWithin(path, this.#zone));
    if (elsewhere.length > fewPaths) {
      this.#entries = (await this.#scan("all")).entries;
      return;
    }
    if (this.#zone.length > 0) {
      const { entries } = await this.#scan({ below: this.#zone });
      this.#entries = withSubtrees(this.#entries, this.#zone, entries);
    }
    if (elsewhere.length > 0) {
      const { entries } = await this.#scan({ at: elsewhere });
      this.#entries = withPaths(this.#entries, elsewhere, entries);
    }
  }

  #scan(zone: Parameters<typeof scan>[2]): Promise<Scanned> {
    return scan(this.#agent, this.#site, zone);
  }
}

/** A name in the jail's root, as what is made beside its place has one. */
const besideRoot = "beside" as Bytes;

/** A mode that the daemon sets back as it likes, being the owner: once more would change nothing. */
function isOwnersAlone({ path, action, owner, acl, capabilities }: Step, { observation }: View): boolean {
  if (action !== "set") return false;
  const uid = observation.entries.get(path)?.uid ?? 0;
  return uid !== 0 && owner === undefined && acl === undefined && capabilities === undefined;
}

function plannedSteps({ observation, plan }: View, owners: readonly Owner[]): Step[] {
  return rootOf(observation) ? steps(plan, owners) : [];
}
