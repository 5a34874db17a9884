import { formatSite, type Site, siteAt } from "../agent/site";
import { ChrootError, messageOf, PartialCreateError } from "../errors";
import type { Declaration } from "../intent/declaration";
import { labelOf } from "../model/urn";
import { type DriftMap, driftForPreview, driftForRefresh } from "../render/drift-map";
import type { DifferenceText } from "../render/text";
import type { ResourceKind } from "../resources/kind";
import type { TurnInput } from "../resources/turn-input";
import { deleteOn, isOtherWay, isSkipped, ofState } from "./away";
import { type Content, contentOf, wishOf } from "./content";
import type { Outcome } from "./converge";
import { logToEngine } from "./engine-log";
import { failuresOf } from "./failures";
import { type Look, logLook, logRepaired, lookAt, registered } from "./look";
import { findingText, isAboutProcesses, lookAtProcesses, renumbered, staleTexts } from "./running";
import { type JailSession, sessionFor } from "./session";
import { reserve, startScans } from "./turn";
import { hasUnknown, isEqual, omit, pick, type Values, withoutNulls } from "./values";
import type { View } from "./view";

/** Inputs beside the arguments: `token` is the record's key and the id, `claims` what the others of the turn reserve. */
const beside = ["token", "claims", "drift", "contentIsSecret", "commandIsSecret"] as const;

/** Those that come from the class; that an argument is a secret the engine does not tell. */
const passed = ["claims", "contentIsSecret", "commandIsSecret"] as const;

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
    const unchecked = { ...args, ...pick(olds, ["token"]), ...pick(news, passed), drift: last };
    if (failures.length > 0) return { inputs: unchecked, failures };
    if (hasUnknown(args)) {
      if (this.#kind.declaresJail && !hasUnknown(this.#kind.site(args))) this.#session(args).program.isComplete = false;
      return { inputs: unchecked };
    }
    startScans(turn?.survey ?? "[]");
    const content = await contentOf(args, news["contentIsSecret"] === true).catch(messageOf);
    if (typeof content === "string")
      return { inputs: unchecked, failures: [{ property: "", reason: `source: ${content}` }] };
    const site = this.#site(args);
    const session = sessionFor(site);
    // A rule cannot be compared while the jail under it is not known.
    if (!session.program.isComplete) return { inputs: unchecked };
    const token = typeof olds["token"] === "string" ? olds["token"] : await session.newToken(turn?.urn);
    const inputs = { ...args, token, ...pick(news, passed) };
    const declaration = this.#declare(session, args, token, turn, content);
    if (this.#kind.declaresJail && turn) reserve(session, olds, news, turn);
    const isDeclaredAnew = !isEqual(pick(olds, this.#kind.keys), args);
    const seen = await lookAt(declaration.owner, () => session.view());
    const known = isDeclaredAnew ? seen : registered(declaration, seen);
    const look = await withProcesses(declaration, known, site.root, session);
    session.program.checked(token, look.texts.size > 0 || look.host !== undefined);
    // What `up` is about to repair would stay in the state, and the same drift could not be shown a second time.
    if (turn?.preview === false) return { inputs: { ...inputs, drift: {} } };
    if (turn) await logLook(site, turn.urn, look, declaration, session);
    return { inputs: { ...inputs, drift: driftForPreview(look.texts, last, look.host) } };
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
    const differs = this.#session(news).program.differs(String(news["token"]));
    if (differs === false) return { changes: false };
    const shown = !isEqual(olds["drift"] ?? {}, {}) || !isEqual(news["drift"] ?? {}, {});
    return differs === undefined || shown ? {} : { changes: true };
  }

  async create(inputs: Values): Promise<{ id: string; outs: Values }> {
    await this.#session(inputs).awaitHost();
    const { token, view, recorded, error, findings } = await this.#converge(inputs);
    if (!error) return { id: token, outs: this.#outputs(inputs, view, findings) };
    if (!recorded) throw error;
    throw new PartialCreateError(
      token,
      { ...this.#outputs(inputs, view, findings), __provider: inputs["__provider"] },
      error,
    );
  }

  async update(id: string, olds: Values, news: Values): Promise<{ outs: Values }> {
    const own = (values: Values) => pick(values, this.#kind.keys);
    const isWay = isOtherWay(own(olds), own(news));
    const inState = { outs: { ...olds, ...pick(news, [...this.#kind.keys, ...beside]) } };
    // The check has come this way and found all as declared: nothing there is to be touched.
    if (isWay && this.#session(news).program.differs(id) === false) return inState;
    const { view, error, findings } = await this.#converge({ ...news, token: id });
    if (error && isWay && isSkipped(error, this.#site(own(news)).connection)) return inState;
    if (error) throw error;
    const [before, now] = [olds["machineId"], view?.observation.machineId];
    if (before && now && before !== now) {
      const site = this.#site(news);
      const message = `${formatSite(site)} is another machine than before: the jail on the old one is left as it is`;
      await logToEngine(sessionFor(site).program.urnOf(id), "warning", message);
    }
    return { outs: this.#outputs(news, view, findings) };
  }

  /** Never says that a resource is gone: an unreachable host and an empty one are drift, and `up` knows what to do. */
  async read(id: string, props: Values): Promise<{ id: string; props: Values; inputs?: Values }> {
    const args = pick(props, this.#kind.keys);
    const session = this.#session(args);
    const look = await lookAt({ token: id, label: "" }, () =>
      contentOf(args, props["contentIsSecret"] === true)
        .then((content) => session.viewOfState(this.#kind.name, id, this.#kind.recorded(args), content))
        .catch((error: unknown) => {
          throw ofState(error, this.#site(args).connection);
        }),
    );
    const drift = driftForRefresh(look.texts, look.host);
    const outputs = { ...props, drift };
    // Without inputs the engine keeps those of the state, so that nothing is printed where nothing differs.
    if (Object.keys(drift).length === 0) return { id, props: outputs };
    return { id, props: outputs, inputs: { ...pick(props, [...this.#kind.keys, ...beside]), drift } };
  }

  async delete(id: string, props: Values): Promise<void> {
    const args = pick(props, this.#kind.keys);
    const session = this.#session(args);
    const owner = { token: id, label: session.program.labelOf(id) ?? `${this.#kind.name} ${id}` };
    const declaration = { kind: this.#kind.name, owner, args: this.#kind.recorded(args) };
    await deleteOn(this.#site(args), declaration, () => session.forget(id));
  }

  #session(args: Values): JailSession {
    return sessionFor(this.#site(pick(args, this.#kind.keys)));
  }

  #site(args: Values): Site {
    return siteAt(this.#kind.site(args));
  }

  #declare(
    session: JailSession,
    args: Values,
    token: string,
    turn: TurnInput | undefined,
    content: Content | undefined,
  ): Declaration {
    const label = turn ? labelOf(turn.urn) : (session.program.labelOf(token) ?? `${this.#kind.name} ${token}`);
    const declaration = {
      kind: this.#kind.name,
      owner: { token, label },
      args: this.#kind.recorded(args),
      ...wishOf(content),
    };
    session.declare(declaration, turn?.urn, content);
    return declaration;
  }

  async #converge(inputs: Values): Promise<Outcome & { token: string; findings: string[] }> {
    const args = pick(inputs, this.#kind.keys);
    const session = this.#session(args);
    // A resource whose arguments were unknown in its check has no token yet.
    const token = typeof inputs["token"] === "string" ? inputs["token"] : await session.newToken(undefined);
    const content = await contentOf(args, inputs["contentIsSecret"] === true);
    const declaration = this.#declare(session, args, token, undefined, content);
    const site = this.#site(args);
    const before = await this.#stale(session, declaration).catch((error: unknown) => {
      throw error instanceof ChrootError ? error.at(formatSite(site)) : error;
    });
    const outcome = await session.converge(declaration, {
      isStale: before.length > 0,
      isCommandSecret: inputs["commandIsSecret"] === true,
    });
    await logRepaired(site, session.program.urnOf(token), outcome);
    const { view } = outcome;
    if (outcome.error || !view || !isAboutProcesses(declaration)) return { token, ...outcome, findings: [] };
    const { findings } = await lookAtProcesses(declaration, view, site.root, () => session.running());
    const [left, ...more] = declaration.args["failOnStaleProcess"] === true ? staleTexts(findings).values() : [];
    const error = left && staleError(declaration.owner.label, formatSite(site), left, more.length);
    return { token, ...outcome, findings: findings.map(findingText), ...(error ? { error } : {}) };
  }

  /**
   * Processes that are not as declared, for those who have asked that they be drift; none where they cannot be looked at.
   * Rejects where what runs forbids the change.
   */
  async #stale(session: JailSession, declaration: Declaration): Promise<unknown[]> {
    if (!isAboutProcesses(declaration)) return [];
    const { view } = await lookAt(declaration.owner, () => session.view());
    if (!view) return [];
    const why = await renumbered(declaration, view, session.root, () => session.running());
    if (why !== undefined) {
      const what = `${declaration.owner.label} is refused`;
      throw new ChrootError("refused", { what, where: session.root, why });
    }
    if (declaration.args["failOnStaleProcess"] !== true) return [];
    const { findings } = await lookAtProcesses(declaration, view, session.root, () => session.running());
    return [...staleTexts(findings).keys()];
  }

  #outputs(inputs: Values, view: View | undefined, processes: readonly string[]): Values {
    const found = view ? this.#kind.outputs(view.observation, view.plan, processes) : {};
    return { ...pick(inputs, [...this.#kind.keys, ...beside]), ...found, drift: {} };
  }
}

/** Who runs in the jail, for the resource that says who may. */
async function withProcesses(declaration: Declaration, look: Look, root: string, session: JailSession): Promise<Look> {
  if (!look.view || !isAboutProcesses(declaration)) return look;
  const running = () => session.running();
  const processes = await lookAtProcesses(declaration, look.view, root, running);
  const why = await renumbered(declaration, look.view, root, running);
  if (why !== undefined) return { ...look, host: `refused: ${why}`, processes };
  const isDrift = declaration.args["failOnStaleProcess"] === true;
  const texts = isDrift ? new Map([...look.texts, ...staleTexts(processes.findings)]) : look.texts;
  return { ...look, texts, processes };
}

function staleError(label: string, where: string, { live, declared }: DifferenceText, more: number): ChrootError {
  const why = `${live}${more > 0 ? `, and ${more} more` : ""}`;
  return new ChrootError("not-converged", { what: `${label} is not converged`, where, why, remedy: declared });
}
