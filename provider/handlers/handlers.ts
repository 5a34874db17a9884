import { formatSite } from "../agent/site";
import { PartialCreateError } from "../errors";
import type { Declaration } from "../intent/declaration";
import { labelOf } from "../model/urn";
import { type DriftMap, driftForPreview, driftForRefresh } from "../render/drift-map";
import type { ResourceKind } from "../resources/kind";
import type { TurnInput } from "../resources/turn-input";
import type { Outcome } from "./converge";
import { logToEngine } from "./engine-log";
import { failuresOf } from "./failures";
import { type Look, logLook, logRepaired, lookAt } from "./look";
import { type JailSession, sessionFor } from "./session";
import { reserve, startScans } from "./turn";
import { hasUnknown, isEqual, omit, pick, type Values, withoutNulls } from "./values";
import type { View } from "./view";

/** Inputs beside the arguments: `token` is the record's key and the id, `claims` what the others of the turn reserve. */
const beside = ["token", "claims", "drift"] as const;

/** What is no argument among the inputs that the engine passes to check(). */
const notArguments = [...beside, "turn", "__provider"];

/** The shape that the dynamic provider process calls (`@pulumi/pulumi/dynamic`), for one kind of resource. */
export class Handlers {
  readonly #kind: ResourceKind;

  constructor(kind: ResourceKind) {
    this.#kind = kind;
  }

  /** Argument mistakes are failures; whatever the host says is drift text, so that one host never ends a whole plan. */
  async check(
    olds: Values,
    news: Values,
  ): Promise<{ inputs: Values; failures?: { property: string; reason: string }[] }> {
    news = withoutNulls(news);
    const args = pick(news, this.#kind.keys);
    const failures = failuresOf(this.#kind, omit(news, notArguments));
    const turn = news["turn"] as TurnInput | undefined;
    const last = (olds["drift"] ?? {}) as DriftMap;
    const unchecked = { ...args, ...pick(olds, ["token"]), ...pick(news, ["claims"]), drift: last };
    if (failures.length > 0) return { inputs: unchecked, failures };
    if (hasUnknown(args)) {
      if (this.#kind.declaresJail && !hasUnknown(this.#kind.site(args))) this.#session(args).program.isComplete = false;
      return { inputs: unchecked };
    }
    startScans(turn?.survey ?? []);
    const site = this.#kind.site(args);
    const session = sessionFor(site);
    // A rule cannot be compared while the jail under it is not known.
    if (!session.program.isComplete) return { inputs: unchecked };
    const token = typeof olds["token"] === "string" ? olds["token"] : await session.newToken(turn?.urn);
    const inputs = { ...args, token, ...pick(news, ["claims"]) };
    const declaration = this.#declare(session, args, token, turn);
    if (this.#kind.declaresJail && turn) reserve(session, olds, news, turn);
    const isDeclaredAnew = !isEqual(pick(olds, this.#kind.keys), args);
    const seen = await lookAt(declaration.owner, () => session.view());
    const look = isDeclaredAnew ? seen : registered(declaration, seen);
    session.program.checked(token, look.texts.size > 0 || look.host !== undefined);
    // What `up` is about to repair would stay in the state, and the same drift could not be shown a second time.
    if (turn?.preview === false) return { inputs: { ...inputs, drift: {} } };
    if (turn) await logLook(site, turn.urn, look, declaration);
    return { inputs: { ...inputs, drift: driftForPreview(look.texts, last, look.host) } };
  }

  /**
   * Nothing to do; or the engine compares the inputs itself, which gives a detailed diff of arguments and drift map; or
   * there is drift in an `up`, whose inputs do not have it. In a refresh, which checks nothing, the engine compares.
   */
  async diff(_id: string, olds: Values, news: Values): Promise<{ changes?: boolean; replaces?: string[] }> {
    const declared = (values: Values) => pick(values, this.#kind.keys);
    if (hasUnknown(declared(news))) return {};
    const replaces = this.#kind.replacedBy(olds, news);
    if (replaces.length > 0) return { replaces };
    if (!isEqual(declared(olds), declared(news))) return {};
    const differs = this.#session(news).program.differs(String(news["token"]));
    if (differs === false) return { changes: false };
    const shown = !isEqual(olds["drift"] ?? {}, {}) || !isEqual(news["drift"] ?? {}, {});
    return differs === undefined || shown ? {} : { changes: true };
  }

  async create(inputs: Values): Promise<{ id: string; outs: Values }> {
    const { token, view, recorded, error } = await this.#converge(inputs);
    if (!error) return { id: token, outs: this.#outputs(inputs, view) };
    if (!recorded) throw error;
    throw new PartialCreateError(token, { ...this.#outputs(inputs, view), __provider: inputs["__provider"] }, error);
  }

  async update(id: string, olds: Values, news: Values): Promise<{ outs: Values }> {
    const { view, error } = await this.#converge({ ...news, token: id });
    if (error) throw error;
    const [before, now] = [olds["machineId"], view?.observation.machineId];
    if (before && now && before !== now) {
      const site = this.#kind.site(news);
      const message = `${formatSite(site)} is another machine than before: the jail on the old one is left as it is`;
      await logToEngine(sessionFor(site).program.urnOf(id), "warning", message);
    }
    return { outs: this.#outputs(news, view) };
  }

  /** Never says that a resource is gone: an unreachable host and an empty one are drift, and `up` knows what to do. */
  async read(id: string, props: Values): Promise<{ id: string; props: Values; inputs?: Values }> {
    const args = pick(props, this.#kind.keys);
    const session = this.#session(args);
    const look = await lookAt({ token: id, label: "" }, () =>
      session.viewOfState(this.#kind.name, id, this.#kind.recorded(args)),
    );
    const drift = driftForRefresh(look.texts, look.host);
    const outputs = { ...props, drift };
    // Without inputs the engine keeps those of the state, so that nothing is printed where nothing differs.
    if (Object.keys(drift).length === 0) return { id, props: outputs };
    return { id, props: outputs, inputs: { ...pick(props, [...this.#kind.keys, ...beside]), drift } };
  }

  async delete(id: string, props: Values): Promise<void> {
    await this.#session(props).forget(id);
  }

  #session(args: Values): JailSession {
    return sessionFor(this.#kind.site(pick(args, this.#kind.keys)));
  }

  #declare(session: JailSession, args: Values, token: string, turn: TurnInput | undefined): Declaration {
    const label = turn ? labelOf(turn.urn) : (session.program.labelOf(token) ?? `${this.#kind.name} ${token}`);
    const declaration = { kind: this.#kind.name, owner: { token, label }, args: this.#kind.recorded(args) };
    session.program.declare(declaration, turn?.urn);
    return declaration;
  }

  async #converge(inputs: Values): Promise<Outcome & { token: string }> {
    const args = pick(inputs, this.#kind.keys);
    const session = this.#session(args);
    // A resource whose arguments were unknown in its check has no token yet.
    const token = typeof inputs["token"] === "string" ? inputs["token"] : await session.newToken(undefined);
    const outcome = await session.converge(this.#declare(session, args, token, undefined));
    await logRepaired(this.#kind.site(args), session.program.urnOf(token), outcome);
    return { token, ...outcome };
  }

  #outputs(inputs: Values, view: View | undefined): Values {
    const found = view ? this.#kind.outputs(view.observation, view.plan) : {};
    return { ...pick(inputs, [...this.#kind.keys, ...beside]), ...found, drift: {} };
  }
}

/**
 * A resource of the state whose record is gone (a new disk, a restored backup) or was edited: other stacks do not know of it
 * as it is. Where a path differs too the repair writes the record, and there is nothing more to say.
 */
function registered({ owner, args }: Declaration, look: Look): Look {
  if (!look.view || look.host !== undefined || look.texts.size > 0) return look;
  const record = look.view.observation.records.find(({ token }) => token === owner.token);
  if (record && isEqual(record.args, args)) return look;
  const host = record
    ? "its record in the host's registry was changed by somebody else; up writes it again"
    : "not registered: its record in the host's registry is gone; up writes it again";
  return { ...look, host };
}
