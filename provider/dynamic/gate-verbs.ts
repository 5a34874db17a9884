import { randomBytes } from "node:crypto";
import type { Engine } from "../engine/engine";
import { ChrootError } from "../errors";
import type { GateDeclaration } from "../fleet/gate";
import { gateMistake } from "../fleet/gate-arguments";
import { gateName } from "../fleet/gate-name";
import { runGate } from "../gates/run-gate";
import { hasUnknown, unknownValue } from "../model/unknown";
import { isEqual, pick, type Values } from "../model/values";
import type { GateTurn } from "../resources/gate/turn-input";
import type { PulumiVerbs } from "./stored-verbs";
import { waveDrift } from "./wave-drift";

/** Inputs that the state keeps. */
const stored = ["wave", "check", "changes", "token"] as const;

/**
 * The five verbs of a gate. A create or an update runs the check and fails while it is closed, so that the state never says of a
 * gate that it was open for changes that it has not seen. The hosts come with check(), and no state has them.
 */
export class GateVerbs implements PulumiVerbs {
  readonly #engine: Engine;
  /** By token. */
  readonly #turns = new Map<unknown, GateTurn>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async check(olds: Values, news: Values): ReturnType<PulumiVerbs["check"]> {
    const token = typeof olds["token"] === "string" ? olds["token"] : randomBytes(16).toString("hex");
    const inputs = { ...pick(news, stored), token };
    const { check, changes, turn } = news as { check?: unknown; changes?: unknown; turn?: GateTurn };
    const mistake = check === undefined || hasUnknown(check) ? undefined : gateMistake(check);
    if (mistake !== undefined) return { inputs, failures: [{ property: "check", reason: mistake }] };
    if (turn !== undefined && !hasUnknown(turn)) this.#turns.set(token, turn);
    // A preview cannot know the digest that the changes will have.
    const isDue = turn?.preview === true && changes !== olds["changes"];
    return { inputs: isDue ? { ...inputs, changes: unknownValue } : inputs };
  }

  /** The check and the changes of its wave make a gate run; nothing else does. */
  async diff(_id: string, olds: Values, news: Values): Promise<{ changes?: boolean }> {
    const reasons = ["wave", "check", "changes"];
    return isEqual(pick(olds, reasons), pick(news, reasons)) ? { changes: false } : {};
  }

  async create(inputs: Values): Promise<{ id: string; outs: Values }> {
    return { id: String(inputs["token"]), outs: await this.#pass(inputs) };
  }

  async update(_id: string, _olds: Values, news: Values): Promise<{ outs: Values }> {
    return { outs: await this.#pass(news) };
  }

  async read(id: string, props: Values): Promise<{ id: string; props: Values }> {
    return { id, props };
  }

  async delete(): Promise<void> {
    // The evidence of a gate is in its state alone.
  }

  async #pass(inputs: Values): Promise<Values> {
    const gate = inputs["check"] as GateDeclaration | undefined;
    const passed = gate === undefined ? new Date().toISOString() : await this.#run(gate, inputs);
    return { ...pick(inputs, stored), passed };
  }

  async #run(gate: GateDeclaration, { wave, token }: Values): Promise<string> {
    const turn = this.#turns.get(token);
    if (!turn) throw new Error("this gate was not checked in this run");
    const { fleet, hosts, jails, since, laterWaves } = turn;
    const { isOpen, why, at } = await runGate(gate, new Map(Object.entries(hosts)), {
      // Never aborted: the SDK passes no cancel of Pulumi's on to a dynamic provider.
      signal: new AbortController().signal,
      ...(since === "" ? {} : { since: Date.parse(since) }),
      noDrift: waveDrift(this.#engine, jails),
    });
    if (isOpen) return at;
    throw new ChrootError("refused", {
      what: `the gate ${gateName(gate)} is closed`,
      where: `JailFleet ${fleet}, wave ${String(wave)}`,
      why: why ?? "it did not pass",
      remedy: [...(laterWaves === "" ? [] : [laterWaves]), "the next pulumi up runs the gate again"].join("; "),
    });
  }
}
