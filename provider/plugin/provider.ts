import { assessmentFolder } from "../dynamic/assessments";
import { printableVerbs } from "../dynamic/printable-verbs";
import { pulumiLog } from "../dynamic/pulumi-log";
import type { PulumiVerbs } from "../dynamic/stored-verbs";
import { Engine } from "../engine/engine";
import { messageOf, PartialCreateError } from "../errors";
import { printable } from "../model/bytes";
import { unknownValue } from "../model/unknown";
import { isMap, omit, type Values } from "../model/values";
import { withDefaultConnection, withoutDefaultConnection } from "../resources/default-connection";
import { handlersOf } from "../resources/face";
import { hiddenInputs } from "../resources/hidden-inputs";
import type { ResourceKind } from "../resources/kind";
import { kinds } from "../resources/kinds";
import { importedResource } from "./imported";
import { hasSecret, withoutSecrets, withSecretsOf } from "./secrets";

/** A resource of a call. */
export interface Called {
  readonly urn: string;
  readonly id: string;
}

interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** The verbs of the plugin's resources over values as the engine sends them: with the envelopes of their secrets. */
export class Provider {
  /** Where Pulumi's engine listens. A plugin under a debugger learns it after its start. */
  address: string | undefined;
  /** The connection of a resource that has none: the provider's configuration. */
  connection: unknown;
  readonly #signal: AbortSignal;
  #engine: Engine;
  /** Engines of earlier operations, whose calls may not have ended. */
  readonly #earlier: Engine[] = [];
  readonly #verbs = new Map<string, PulumiVerbs>();

  constructor(address: string | undefined, signal: AbortSignal) {
    this.#signal = signal;
    this.#engine = this.#engineAt(address);
    this.address = address;
  }

  /**
   * Serves another operation, whose engine listens at the address. A plugin that runs already, as under a debugger, serves one
   * after the other, and each of them looks at the hosts again.
   */
  attach(address: string): void {
    this.address = address;
    this.#earlier.push(this.#engine);
    this.#engine = this.#engineAt(address);
    this.#verbs.clear();
  }

  async check(urn: string, olds: Values, news: Values): Promise<{ inputs: Values; failures: readonly Failure[] }> {
    const before = this.#whole(urn, olds);
    const given = { ...declaredIn(this.#whole(urn, news)), ...secretMarks(urn, news) };
    const isAlone = given["turn"] === undefined;
    const alone = isAlone ? { turn: { urn, isAlone }, ...hiddenConnection(before, given) } : {};
    const { inputs, failures = [] } = await this.#of(urn).check(before, { ...given, ...alone });
    const adopts = isAlone && kindOf(urn) === "Jail" && given["adopt"] === true && given["root"] !== before["root"];
    return { inputs: stored(urn, inputs, news), failures: [...failures, ...(adopts ? [adoptedAlone] : [])] };
  }

  /** The engine has the drift of the read that came before in the inputs of the state. */
  diff(
    { urn, id }: Called,
    olds: Values,
    { inputs, news }: { inputs: Values; news: Values },
  ): Promise<{ changes?: boolean; replaces?: string[] }> {
    const { drift } = plain(inputs);
    return this.#of(urn).diff(id, { ...this.#whole(urn, olds), drift }, this.#whole(urn, news));
  }

  async create(urn: string, inputs: Values, preview: boolean): Promise<{ id: string; outs: Values }> {
    if (preview) return { id: "", outs: withSecretsOf({ ...plain(inputs), ...unknownOutputs(urn) }, inputs) };
    try {
      const { id, outs } = await this.#of(urn).create(this.#whole(urn, inputs));
      return { id, outs: stored(urn, outs, inputs) };
    } catch (error) {
      if (!(error instanceof PartialCreateError)) throw error;
      throw new PartialCreateError(error.id, stored(urn, error.properties, inputs), error);
    }
  }

  /** A preview gives the drift of the read that came before, so that a fleet in the program can tell the states of its hosts. */
  async update(
    { urn, id }: Called,
    olds: Values,
    { inputs, news }: { inputs: Values; news: Values },
    preview: boolean,
  ): Promise<Values> {
    const drift = plain(inputs)["drift"] ?? {};
    if (preview) return withSecretsOf({ ...plain(olds), ...plain(news), drift }, news);
    const { outs } = await this.#of(urn).update(id, this.#whole(urn, olds), this.#whole(urn, news));
    return stored(urn, outs, news);
  }

  /** A resource without properties is one that `pulumi import` names. */
  async read(
    { urn, id }: Called,
    props: Values,
    inputs: Values,
  ): Promise<{ id: string; props: Values; inputs: Values }> {
    if (Object.keys(props).length === 0) {
      const named = await importedResource(this.#engine, this.#kindOf(urn), id, this.connection);
      return this.read({ urn, id: named.id }, named.props, {});
    }
    const read = await this.#of(urn)
      .read(id, this.#whole(urn, props))
      // An error would end the operation for all resources.
      .catch((error: unknown) => ({
        props: plain(props),
        inputs: { ...plain(inputs), drift: { "(host)": printable(`not checked: ${messageOf(error)}`) } },
      }));
    return {
      id,
      props: stored(urn, read.props, props, inputs),
      inputs: stored(urn, read.inputs ?? plain(inputs), props, inputs),
    };
  }

  delete({ urn, id }: Called, props: Values): Promise<void> {
    return this.#of(urn).delete(id, this.#whole(urn, props));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#earlier, this.#engine].map((engine) => engine.close()));
  }

  #engineAt(address: string | undefined): Engine {
    return new Engine({ log: pulumiLog(address), signal: this.#signal, assessments: assessmentFolder() });
  }

  /** Values as the verbs know them. */
  #whole(urn: string, values: Values): Values {
    return withDefaultConnection(kindOf(urn), plain(values), this.connection);
  }

  #of(urn: string): PulumiVerbs {
    const name = kindOf(urn);
    const known = this.#verbs.get(name);
    if (known) return known;
    const verbs = printableVerbs(name === "Gate" ? "gate" : this.#kindOf(urn), this.#engine, "read-first");
    this.#verbs.set(name, verbs);
    return verbs;
  }

  #kindOf(urn: string): ResourceKind {
    const kind = kinds.get(kindOf(urn));
    if (!kind) throw new Error(`this plugin has no resource ${kindOf(urn)}`);
    return kind;
  }
}

/** The engine would tighten the jail before it knows the rules that loosen it, under a daemon that runs. */
const adoptedAlone = {
  property: "adopt",
  reason:
    "a Jail that is no part of a JailBundle cannot take over a root: declare the jail and its rules as a JailBundle",
};

/** `Jail` of `urn:pulumi:stack::project::parent$chroot:index:Jail::name`. */
function kindOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1)?.split(":").at(-1) ?? "";
}

/** An import has the inputs of its read as the declared ones. */
function declaredIn(news: Values): Values {
  return hiddenInputs.token in news ? omit(news, [hiddenInputs.token, "drift"]) : news;
}

/** The connection where the state of a class's resource has it, so that a stack that has moved shows no change of it. */
function hiddenConnection(olds: Values, { jail }: Values): Values {
  const name = hiddenInputs.connection;
  return name in olds && isMap(jail) ? { [name]: jail["connection"] } : {};
}

/**
 * Values of an answer as the state keeps them, with the secrets of `given`. They name the handlers of dynamic resources, as a stack
 * may move there.
 */
function stored(urn: string, values: Values, ...given: readonly [Values, ...Values[]]): Values {
  const own = withoutDefaultConnection(values, plain(given[0]));
  return withSecretsOf({ ...own, ...handlersOf(kindOf(urn)) }, ...given);
}

function plain(values: Values): Values {
  return withoutSecrets(values) as Values;
}

/** The class marks these itself; a program in another language has no class. */
function secretMarks(urn: string, news: Values): Values {
  if (kindOf(urn) !== "JailFile") return {};
  const mark = (name: string, ...keys: readonly string[]): Values =>
    name in news || !keys.some((key) => hasSecret(news[key])) ? {} : { [name]: true };
  return {
    ...mark(hiddenInputs.contentIsSecret, "content", "source", "hostFile"),
    ...mark(hiddenInputs.commandIsSecret, "validate", "onChange"),
  };
}

function unknownOutputs(urn: string): Values {
  const names = kindOf(urn) === "Jail" ? ["findings", "notChecked", "machineId", "device", "inode"] : [];
  return Object.fromEntries(names.map((name) => [name, unknownValue]));
}
