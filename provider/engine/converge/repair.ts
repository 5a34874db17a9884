import type { Agent } from "../../agent/channel/agent";
import type { Chain } from "../../agent/channel/chain";
import { applySteps } from "../../agent/requests/apply";
import { type Scanned, scan } from "../../agent/requests/scan";
import { seal } from "../../agent/requests/seal";
import type { ProgramView } from "../../intent/merge";
import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { stagingName } from "../../model/path";
import type { Observation } from "../../observe/observation";
import { asOpened, deferOpening, stillSealed, withPaths, withSubtrees } from "../../plan/seal/seal";
import { besides, isStable, isWithin, withMade, zoneOf } from "../../plan/seal/zone";
import { hostSteps, type Step } from "../../plan/steps";
import { assess } from "../assess/assess";
import type { Assessment } from "../assess/assessment";
import { type HostAnswers, noAnswers } from "../assess/host-answers";
import type { JailContext } from "../assess/jail-context";
import { look } from "../assess/readable-registries";
import { Delivery } from "./delivery";
import { removeSocketBeforeRestart } from "./log-relay";
import { changeMounts } from "./mount-changes";
import { MovedEntries } from "./moved-entries";
import { isOwnersModeAlone, movesAway, type Repaired, stepsFor } from "./owner-steps";
import { SealedDirectories } from "./sealed-directories";

/** Looks after a repair. The daemon can change files between two looks for ever, so their number is limited. */
const rounds = 4;
/** Above it all of the jail is looked at again instead of each path. */
const fewPaths = 2000;

/**
 * One change of a jail by one agent, which holds the lock: seal, fix, relax (ADR 7). A difference is repaired directly where
 * only root can rename anything. Elsewhere the daemon's directories above it are closed first, and the repair uses what is
 * found then. The directories are opened after all paths were looked at again.
 */
export class Repair {
  readonly #agent: Agent;
  readonly #jail: JailContext;
  readonly #program: () => ProgramView;
  /** The entries as they are, and the closed directories. */
  #entries: ReadonlyMap<Bytes, Live>;
  readonly #closed: SealedDirectories;
  /** The registry has records of an earlier run, even if that run's directories are open again. */
  #isToForget: boolean;
  /** Subtrees in which only root can change anything now. */
  #zone: readonly Bytes[] = [];

  readonly movedEntries = new MovedEntries();
  readonly #delivery: Delivery;
  readonly #known: HostAnswers;

  /** Only root can make the path another file now. */
  readonly #isCertain = (path: Bytes): boolean => isStable(this.#entries, path);

  constructor(
    agent: Agent,
    jail: JailContext,
    { program, observation: { entries, leftSealed } }: { program: () => ProgramView; observation: Observation },
    {
      delivery = new Delivery(agent, () => undefined),
      known = noAnswers(),
    }: { delivery?: Delivery; known?: HostAnswers } = {},
  ) {
    this.#known = known;
    this.#delivery = delivery;
    this.#agent = agent;
    this.#jail = jail;
    this.#program = program;
    this.#entries = entries;
    this.#closed = new SealedDirectories(agent, stillSealed(entries, leftSealed));
    this.#isToForget = leftSealed.length > 0;
  }

  /** Assesses with the observation's knowledge of the jail, and the entries that this run has seen last. */
  assess(observation: Observation, isCertain = this.#isCertain): Promise<Assessment> {
    const entries = asOpened(this.#entries, this.#closed.records);
    const seen = { ...observation, ...this.movedEntries.seen, entries, leftSealed: [] };
    const context = { ...this.#jail, use: <T>(ask: (agent: Agent) => Promise<T>) => ask(this.#agent), ...this.#known };
    return assess(this.#program(), seen, context, isCertain);
  }

  /** Makes the root, closed to everybody but root, and looks again. */
  async makeRoot(observation: Observation, chain: Chain): Promise<Observation> {
    const { entries, mounts } = await look(this.#agent, { makeIn: chain });
    this.#entries = entries;
    return { ...observation, entries, mounts };
  }

  /** Repairs the differences of some owners. */
  async repair(start: Assessment, owners: readonly Owner[]): Promise<Repaired> {
    const repaired = await this.#repairOnce(start, owners);
    // An unmount has uncovered new entries.
    const isMore = repaired.isUncovered && stepsFor(repaired.assessment, owners).length > 0;
    return isMore ? this.#repairOnce(repaired.assessment, owners) : repaired;
  }

  async #repairOnce(start: Assessment, owners: readonly Owner[]): Promise<Repaired> {
    const errors: string[] = [];
    let assessment = start;
    await this.opened();
    // This run opens the directories that an earlier run has left closed.
    await this.#closed.plan();
    for (let round = 0; round < rounds; round++) {
      const next = await this.#next(assessment, owners);
      assessment = next.assessment;
      if (next.steps.length === 0 || (round > 0 && next.steps.every((step) => isOwnersModeAlone(step, assessment))))
        break;
      errors.splice(0, Infinity, ...(await this.#apply(next.steps)));
      assessment = await this.assess(assessment.observation);
    }
    // Files on the host may be links to files in the jail, so they come later.
    const elsewhere = hostSteps(assessment.plan, this.#allowed(owners));
    if (elsewhere.length > 0) {
      await this.#make(elsewhere, assessment);
      await removeSocketBeforeRestart(this.#agent, assessment, elsewhere);
      await this.#delivery.place(elsewhere, this.#known.files);
      this.#known.files.forgetHost();
      assessment = await this.assess(assessment.observation);
    }
    if (this.#closed.records.length > 0 || this.#isToForget) {
      // Users who may write in the root could give another directory the name of the staging directory.
      if (!isStable(assessment.observation.entries, besides)) await this.#delivery.unplace();
      this.#closed.open();
      this.#zone = [];
      this.#isToForget = false;
      this.#entries = assessment.observation.entries;
    }
    return this.#mount(assessment, owners, errors);
  }

  /** Waits until all closed directories are open again. */
  opened(): Promise<void> {
    return this.#closed.opened();
  }

  /** Applies mounts after all directories are open again: the host refuses earlier, as other processes see the content. */
  async #mount(assessment: Assessment, owners: readonly Owner[], before: string[]): Promise<Repaired> {
    const changed = await changeMounts(this.#agent, assessment, this.#allowed(owners), this.#known.mounts);
    if (!changed) return { assessment, errors: before, isUncovered: false };
    const { errors, entries, uncovered, ...seen } = changed;
    // The entries below a mount are hidden now, or uncovered and looked at again.
    const bare = new Map([...this.#entries].filter(([path]) => !isWithin(path, seen.mounts)));
    this.#entries = withSubtrees(bare, uncovered, entries);
    this.#known.files.forgetHost();
    const isUncovered = uncovered.length > 0;
    const after = await this.assess({ ...assessment.observation, ...seen });
    return { assessment: after, errors: [...before, ...errors], isUncovered };
  }

  /** Looks again at the paths that were taken back. */
  async look(observation: Observation): Promise<Assessment> {
    const { entries } = await this.#scan("all");
    this.#entries = entries;
    this.#known.files.forgetHost();
    return this.assess(observation);
  }

  /** The owners whose files can be put in place. */
  #allowed(owners: readonly Owner[]): Owner[] {
    return owners.filter(({ label }) => !this.#delivery.failed.has(label));
  }

  /** The steps for some owners. Their files are staged before any directory is closed, in a place that only root can reach. */
  async #planned(assessment: Assessment, owners: readonly Owner[]): Promise<Step[]> {
    const planned = stepsFor(assessment, this.#allowed(owners));
    const putSteps = planned.filter(({ action }) => action === "put");
    // A validator may be unable to reach a staged file in a root of another owner, or in a root that is made after a move.
    if (planned.some(({ path }) => path === "." || path === stagingName))
      return planned.filter(({ action }) => action !== "put");
    if (putSteps.length === 0 || !isStable(this.#entries, besides)) return planned;
    if (putSteps.length === planned.length && zoneOf(this.#entries, planned).length === 0) {
      await this.#make(putSteps, assessment);
      return stepsFor(assessment, this.#allowed(owners));
    }
    await this.#delivery.prepare(putSteps, assessment.observation.principals);
    return stepsFor(assessment, this.#allowed(owners));
  }

  /** Stages the files to be put in place. A failure of a file without validator shows only when it is put there. */
  async #make(putSteps: readonly Step[], { observation }: Assessment): Promise<void> {
    const making = this.#delivery.prepare(putSteps, observation.principals);
    making.catch(() => undefined);
    if (!this.#delivery.areQuick(putSteps)) await making;
  }

  /** Closes the directories above the steps, and plans again with the entries found then. */
  async #next(before: Assessment, owners: readonly Owner[]): Promise<{ assessment: Assessment; steps: Step[] }> {
    // All hard links count until the directories are closed: only then are all names certain to be the jail's own.
    const hint = before.plan.differences.some(({ blocked }) => blocked !== undefined)
      ? await this.assess(before.observation, () => true)
      : before;
    const hinted = await this.#planned(hint, owners);
    const tops = zoneOf(this.#entries, hinted);
    if (tops.length === 0) return { assessment: hint, steps: hinted };
    const { closed, scanned } = await seal(this.#agent, tops, this.#zone);
    this.#closed.closedMore(closed);
    this.#zone = [...this.#zone, ...tops];
    this.#entries = withSubtrees(this.#entries, this.#zone, scanned.entries);
    this.#known.files.forgetBelow(tops);
    const assessment = await this.assess(before.observation);
    // Entries that have appeared elsewhere in the meantime are for the next round.
    const found = await this.#planned(assessment, owners);
    const entries = withMade(this.#entries, found);
    return { assessment, steps: found.filter(({ path }) => isStable(entries, path)) };
  }

  async #apply(steps: readonly Step[]): Promise<string[]> {
    const { sealed, now } = deferOpening(this.#entries, this.#closed.records, steps);
    this.#closed.records = sealed;
    // All steps take one round trip, except that a moved entry's new name is known only from the reply.
    const chain = this.#agent.chain();
    const planning = this.#closed.plan(chain);
    const isMoving = now.some(movesAway);
    if (isMoving) await planning;
    const applying = applySteps(this.#agent, now, chain);
    if (isMoving) {
      const applied = await applying;
      this.movedEntries.add(applied);
      await this.#closed.moved(applied.moved);
    }
    const putSteps = now.filter(({ action }) => action === "put");
    const [, { errors }] = await Promise.all([
      planning,
      applying,
      this.#delivery.place(putSteps, this.#known.files),
      this.#lookAgain(steps.map(({ path }) => path)),
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

  #scan(zone: Parameters<typeof scan>[1]): Promise<Scanned> {
    return scan(this.#agent, zone);
  }
}
