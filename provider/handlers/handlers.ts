import { randomBytes } from "node:crypto";
import { formatSite, type Site } from "../agent/observe";
import { PartialCreateError } from "../errors";
import type { Declaration } from "../intent/declaration";
import { type DriftMap, driftForCheck, driftForRead, liveDrift } from "../render/drift-map";
import { labelOf } from "../model/urn";
import type { ResourceKind } from "../resources/kind";
import type { TurnInput } from "../resources/turn-input";
import { logToEngine } from "./engine-log";
import { logLook, lookAt } from "./look";
import { type JailSession, sessionFor } from "./session";
import { hasUnknown, isEqual, isUnknown, pick, type Values, valueAt } from "./values";
import type { View } from "./view";

/** Inputs beside the arguments: `token` is the record's key and the id, `claims` what the others of the turn reserve. */
const beside = ["token", "claims", "drift"] as const;

/** The shape that the dynamic provider process calls (`@pulumi/pulumi/dynamic`), for one kind of resource. */
export class Handlers {
  readonly #kind: ResourceKind;

  constructor(kind: ResourceKind) {
    this.#kind = kind;
  }

  /** Argument mistakes are failures; whatever the host says is drift text, so that one host never ends a whole plan. */
  async check(olds: Values, news: Values): Promise<{ inputs: Values; failures?: { property: string; reason: string }[] }> {
    const args = pick(news, this.#kind.keys);
    const failures = this.#failures(args);
    const token = typeof olds["token"] === "string" ? olds["token"] : randomBytes(16).toString("hex");
    const last = (olds["drift"] ?? {}) as DriftMap;
    const inputs = { ...args, token, ...pick(news, ["claims"]), drift: last };
    if (failures.length > 0) return { inputs, failures };
    const turn = news["turn"] as TurnInput | undefined;
    for (const site of turn?.survey ?? []) void sessionFor(site as unknown as Site).observe().catch(() => undefined);
    if (hasUnknown(args)) return { inputs };
    const site = this.#kind.site(args);
    const session = sessionFor(site);
    const declaration = this.#declare(session, args, token, turn);
    if (this.#kind.declaresJail && turn) reserve(session, olds, news, turn);
    const look = await lookAt(declaration.owner, () => session.view());
    if (turn?.preview) await logLook(site, turn.urn, look, declaration);
    return { inputs: { ...inputs, drift: driftForCheck(look.texts, last, look.host) } };
  }

  /**
   * Two cases: nothing to do, or the engine compares the inputs itself, which gives a detailed diff of the drift map.
   * Whenever anything differs its text in the map is new, so a map that is still the last one means that nothing does.
   */
  async diff(_id: string, olds: Values, news: Values): Promise<{ changes?: boolean; replaces?: string[] }> {
    const declared = (values: Values) => pick(values, this.#kind.keys);
    const replaces = hasUnknown(declared(news)) ? [] : this.#kind.replacedBy(olds, news);
    if (replaces.length > 0) return { replaces };
    const same = isEqual(declared(olds), declared(news)) && isEqual(news["drift"] ?? {}, olds["reported"] ?? {});
    return same ? { changes: false } : {};
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
    const look = await lookAt({ token: id, label: "" }, () => session.viewOfState(this.#kind.name, id, this.#kind.recorded(args)));
    const drift = liveDrift(look.texts, look.host);
    const outputs = { ...props, ...this.#found(look.view), drift };
    // Without inputs the engine keeps those of the state, so that nothing is printed where nothing differs.
    if (Object.keys(drift).length === 0) return { id, props: outputs };
    const reported = driftForRead(look.texts, (props["reported"] ?? {}) as DriftMap, look.host);
    const inputs = { ...pick(props, [...this.#kind.keys, ...beside]), drift: reported };
    return { id, props: { ...outputs, reported }, inputs };
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

  async #converge(inputs: Values) {
    const args = pick(inputs, this.#kind.keys);
    const session = this.#session(args);
    const token = String(inputs["token"]);
    return { token, ...(await session.converge(this.#declare(session, args, token, undefined))) };
  }

  #outputs(inputs: Values, view: View | undefined): Values {
    const own = pick(inputs, [...this.#kind.keys, ...beside]);
    return { ...own, ...this.#found(view), drift: {}, reported: inputs["drift"] ?? {} };
  }

  #found(view: View | undefined): Values {
    return view ? this.#kind.outputs(view.observation, view.plan) : {};
  }

  #failures(args: Values): { property: string; reason: string }[] {
    const parsed = this.#kind.schema.safeParse(args);
    if (parsed.success) return [];
    return parsed.error.issues
      .filter(({ path }) => !isUnknown(valueAt(args, path)))
      .map(({ path, message }) => ({ property: path.join("."), reason: message }));
  }
}

/** Tells the jail's session what else the turn declares for it, and what the program has dropped since the last `up`. */
function reserve(session: JailSession, olds: Values, news: Values, turn: TurnInput): void {
  const now = (news["claims"] ?? {}) as Values;
  const departed = new Set(Object.keys((olds["claims"] ?? {}) as Values).filter((label) => !(label in now)));
  const others = (turn.declared ?? []).map(({ kind, label, args }) => ({ kind, owner: { label }, args }));
  session.program.reserve(others, departed);
}
