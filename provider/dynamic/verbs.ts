import { formatSite, type Site } from "../agent/site";
import type { Assessment } from "../engine/assess/assessment";
import { type Content, contentWish, isSecretIn, recordedArgs } from "../engine/assess/content";
import type { Engine } from "../engine/engine";
import { reportOn } from "../engine/report/resource-report";
import type { JailSession } from "../engine/session/jail-session";
import { type Change, changeResource } from "../engine/session/resource-change";
import { checkResource, noteUnchecked } from "../engine/session/resource-check";
import { explainStateKey, isGone, isSkipped } from "../engine/session/unreachable";
import { messageOf, PartialCreateError } from "../errors";
import type { Declaration } from "../intent/declaration";
import { hasUnknown } from "../model/unknown";
import { labelOf } from "../model/urn";
import { isEqual, omit, pick, printableIn, type Values } from "../model/values";
import { type DriftMap, type DriftTexts, driftForPreview, driftForRefresh } from "../render/text/drift-map";
import { hostLimitText } from "../render/text/findings/host-limits";
import { undeclaredTexts } from "../render/text/findings/remarks";
import { argumentFailures } from "../resources/argument-failures";
import type { ResourceKind } from "../resources/kind";
import type { TurnInput } from "../resources/turn-input";
import { withoutNulls } from "../resources/without-nulls";
import { claimsFor, reserve, startScans, unfitReason } from "./turn";

/**
 * Inputs beside the arguments: `token` is the record's key and the id, `claims` holds the reservations of the turn's other
 * resources.
 */
const beside = ["token", "claims", "drift", "contentIsSecret", "commandIsSecret"] as const;

/** Inputs that the class sets; the engine does not tell which arguments are secrets. */
const passed = ["claims", "contentIsSecret", "commandIsSecret"] as const;

/** Inputs to check() that are no arguments. */
const notArguments = [...beside, "turn", "__provider"];

/**
 * In which order the engine calls the verbs. It reads a plugin's resource before each check of it, in an `up` as well, so that the
 * live values are in the state; a dynamic resource is read in a refresh alone.
 */
export type VerbOrder = "check-first" | "read-first";

/**
 * The five verbs of Pulumi's dynamic provider (`@pulumi/pulumi/dynamic`) for one kind of resource: they translate between
 * Pulumi's inputs and the engine's values.
 */
export class Verbs {
  readonly #kind: ResourceKind;
  readonly #engine: Engine;
  readonly #order: VerbOrder;

  constructor(kind: ResourceKind, engine: Engine, order: VerbOrder = "check-first") {
    this.#kind = kind;
    this.#engine = engine;
    this.#order = order;
  }

  /** Argument mistakes are failures; every problem of a host is drift text, so that one host never ends a whole plan. */
  async check(
    olds: Values,
    news: Values,
  ): Promise<{ inputs: Values; failures?: { property: string; reason: string }[] }> {
    news = withoutNulls(this.#kind, news);
    const args = pick(news, this.#kind.keys);
    const failures = argumentFailures(this.#kind, omit(news, notArguments));
    const turn = news["turn"] as TurnInput | undefined;
    const last = (olds["drift"] ?? {}) as DriftMap;
    // A preview stores nothing: what it does not compare stays as the state has it, so that no diff shows it.
    const isPreview = turn?.preview === true && olds["token"] !== undefined;
    const isAlone = turn?.isAlone === true;
    const kept = pick({ ...news, ...(isPreview || isAlone ? { claims: olds["claims"] } : {}) }, passed);
    const unchecked = { ...args, ...pick(olds, ["token"]), ...kept, drift: last };
    if (failures.length > 0) return { inputs: unchecked, failures };
    const unfit = unfitReason(news, turn);
    if (unfit !== undefined) return { inputs: unchecked, failures: [{ property: "", reason: unfit }] };
    const driftOf = (texts: DriftTexts, host?: string) => driftForPreview(texts, last, host);
    const notChecked = async (why: string) => {
      const isKnown = turn !== undefined && !hasUnknown(this.#kind.site(args));
      if (isKnown) await noteUnchecked(this.#session(args), turn.urn, why);
      return { inputs: { ...unchecked, drift: driftOf(new Map(), why) } };
    };
    if (hasUnknown(args)) {
      if (this.#kind.declaresJail && !hasUnknown(this.#kind.site(args))) this.#session(args).program.isComplete = false;
      return notChecked("not checked: some of its arguments are not known yet in this preview");
    }
    startScans(this.#engine, turn?.survey ?? "[]");
    // A content that is no longer secret was secret until now: neither side is shown.
    const content = await this.#engine.contents
      .of(this.#kind.content?.(args), isSecretIn(this.#kind, news) || isSecretIn(this.#kind, olds))
      .catch(messageOf);
    if (typeof content === "string")
      return { inputs: unchecked, failures: [{ property: "", reason: `source: ${content}` }] };
    const session = this.#session(args);
    // A rule cannot be compared while the jail under it is not known.
    if (!session.program.isComplete)
      return notChecked("not checked: some arguments of its Jail are not known yet in this preview");
    const token = typeof olds["token"] === "string" ? olds["token"] : await session.newToken(turn?.urn);
    const declaration = this.#declare(session, { ...news, token }, content, turn);
    if (this.#kind.declaresJail) session.program.isAlone = isAlone;
    const held = this.#kind.declaresJail && turn && !isAlone ? reserve(session, olds, news, turn) : undefined;
    const isDeclaredAnew = !isEqual(pick(olds, this.#kind.keys), args);
    const call = { preview: turn?.preview !== false, ...(turn ? { urn: turn.urn } : {}) };
    const report = await checkResource(session, declaration, isDeclaredAnew, call);
    const claims = held && !isPreview && { claims: claimsFor(news["claims"], held, report.assessment) };
    const inputs = { ...args, token, ...kept, ...claims };
    // The state must not keep drift that `up` is about to repair: the same drift could not be shown a second time. Where the
    // engine has read it into the state, it prints both sides, and the next read takes it away.
    const isRead = this.#order === "read-first" && olds["token"] !== undefined;
    if (turn?.preview === false && !isRead) return { inputs: { ...inputs, drift: {} } };
    return { inputs: { ...inputs, drift: driftOf(report.texts, report.host) } };
  }

  /**
   * Nothing to do; or the engine compares the inputs itself, which gives a detailed diff of arguments and drift map; or
   * there is drift in an `up`, whose inputs do not have it. In a refresh, which checks nothing, the engine compares.
   */
  async diff(_id: string, olds: Values, news: Values): Promise<{ changes?: boolean; replaces?: string[] }> {
    const declared = (values: Values) => pick(values, [...this.#kind.keys, "contentIsSecret", "commandIsSecret"]);
    if (hasUnknown(declared(news))) return {};
    const replaces = this.#kind.replacedBy(olds, news);
    if (replaces.length > 0) return { replaces };
    if (!isEqual(declared(olds), declared(news))) return {};
    const differs = this.#session(news).program.checks.differs(String(news["token"]));
    if (differs === false) return { changes: false };
    const shown = !isEqual(olds["drift"] ?? {}, {}) || !isEqual(news["drift"] ?? {}, {});
    return differs === undefined || shown ? {} : { changes: true };
  }

  async create(inputs: Values): Promise<{ id: string; outs: Values }> {
    await this.#session(inputs).awaitHost();
    const { token, assessment, recorded, error, findings } = await this.#converge(inputs);
    if (!error) return { id: token, outs: this.#outputs(inputs, assessment, findings) };
    if (!recorded) throw error;
    throw new PartialCreateError(
      token,
      { ...this.#outputs(inputs, assessment, findings), __provider: inputs["__provider"] },
      error,
    );
  }

  async update(id: string, olds: Values, news: Values): Promise<{ outs: Values }> {
    const own = (values: Values) => pick(values, this.#kind.keys);
    const isWay = isOtherWay(own(olds), own(news));
    const inState = { outs: { ...olds, ...pick(news, [...this.#kind.keys, ...beside]) } };
    // The check has used the new connection and found everything as declared: the host needs no change.
    if (isWay && this.#session(news).program.checks.differs(id) === false) return inState;
    // The check has looked already, and has waited for the host long enough.
    if (isWay && (await isGone(this.#site(own(news)), () => this.#session(news).assess()))) return inState;
    const { assessment, error, findings } = await this.#converge({ ...news, token: id }, isSecretIn(this.#kind, olds));
    if (error && isWay && isSkipped(error, this.#site(own(news)).connection)) return inState;
    if (error) throw error;
    const [before, now] = [olds["machineId"], assessment?.observation.machineId];
    if (before && now && before !== now) {
      const site = this.#site(news);
      const message = `${formatSite(site)} is a different machine than before: the jail on the old machine stays unchanged`;
      const urn = this.#session(news).program.urnOf(id);
      if (urn !== undefined) await this.#engine.log(urn, "warning", message);
    }
    return { outs: this.#outputs(news, assessment, findings) };
  }

  /** Never says that a resource is gone: an unreachable host and an empty one are drift, and `up` knows what to do. */
  async read(id: string, props: Values): Promise<{ id: string; props: Values; inputs?: Values }> {
    const args = pick(props, this.#kind.keys);
    const stated = { kind: this.#kind.name, token: id, args: recordedArgs(this.#kind, props) };
    const report = await reportOn({ token: id, label: "" }, () =>
      this.#engine.contents
        .of(this.#kind.content?.(args), isSecretIn(this.#kind, props))
        .then((content) => this.#session(args).assessState({ ...stated, content }))
        .catch((error: unknown) => {
          throw explainStateKey(error, this.#site(args).connection);
        }),
    );
    const drift = driftForRefresh(report.texts, report.host);
    const inputs = { ...pick(props, [...this.#kind.keys, ...beside]), drift };
    // In the outputs too, the engine would print the drift of a preview twice.
    if (this.#order === "read-first")
      return { id, props: { ...this.#found(report.assessment, []), ...props, drift: {} }, inputs };
    const outputs = { ...props, drift };
    // Without inputs the engine keeps the inputs of the state, so that nothing is printed where nothing differs.
    if (Object.keys(drift).length === 0) return { id, props: outputs };
    return { id, props: outputs, inputs };
  }

  async delete(id: string, props: Values): Promise<void> {
    const args = pick(props, this.#kind.keys);
    const session = this.#session(args);
    const owner = { token: id, label: session.program.labelOf(id) ?? `${this.#kind.name} ${id}` };
    const declaration = { kind: this.#kind.name, owner, args: this.#kind.recorded(args) };
    await this.#engine.unreachable.deleteOn(this.#site(args), declaration, () => session.forget(id));
  }

  #session(args: Values): JailSession {
    return this.#engine.session(this.#site(pick(args, this.#kind.keys)));
  }

  #site(args: Values): Site {
    return this.#engine.siteAt(this.#kind.site(args));
  }

  #declare(
    session: JailSession,
    { token, ...inputs }: Values & { readonly token: string },
    content: Content | undefined,
    turn?: TurnInput,
  ): Declaration {
    const label = turn ? labelOf(turn.urn) : (session.program.labelOf(token) ?? `${this.#kind.name} ${token}`);
    const declaration = {
      kind: this.#kind.name,
      owner: { token, label },
      args: recordedArgs(this.#kind, inputs),
      ...contentWish(content),
    };
    session.declare(declaration, turn?.urn, content);
    return declaration;
  }

  async #converge(inputs: Values, wasSecret = false): Promise<Change & { token: string }> {
    const args = pick(inputs, this.#kind.keys);
    const session = this.#session(args);
    // A resource whose arguments were unknown in its check has no token yet.
    const token = typeof inputs["token"] === "string" ? inputs["token"] : await session.newToken(undefined);
    const content = await this.#engine.contents.of(
      this.#kind.content?.(args),
      isSecretIn(this.#kind, inputs) || wasSecret,
    );
    const declaration = this.#declare(session, { ...inputs, token }, content);
    const isCommandSecret = inputs["commandIsSecret"] === true;
    const change = await changeResource(session, declaration, isCommandSecret, session.program.urnOf(token));
    return { token, ...change };
  }

  #outputs(inputs: Values, assessment: Assessment | undefined, processes: readonly string[]): Values {
    const found = { ...this.#found(assessment, processes), drift: {}, changed: new Date().toISOString() };
    return { ...pick(inputs, [...this.#kind.keys, ...beside]), ...found };
  }

  /** The outputs that the host tells. */
  #found(assessment: Assessment | undefined, processes: readonly string[]): Values {
    if (!assessment) return {};
    const { plan, observation } = assessment;
    const findings = this.#kind.declaresJail ? [...processes, ...undeclaredTexts(plan.findings)] : processes;
    return printableIn(this.#kind.outputs(observation, { findings, limits: observation.gaps.map(hostLimitText) }));
  }
}

/** Whether only the way to the host is new, such as a key. */
function isOtherWay(olds: Values, news: Values): boolean {
  const ways = ["connection", "jail"];
  return isEqual(omit(olds, ways), omit(news, ways)) && !isEqual(olds, news);
}
