import { type PulumiVerbs, storedVerbs } from "../../provider/dynamic/stored-verbs";
import { Verbs } from "../../provider/dynamic/verbs";
import { Engine as ProductEngine } from "../../provider/engine/engine";
import { kinds } from "../../provider/resources/kinds";
import { connections } from "../support/connections";
import type { Registered, Values } from "./inputs";

/** The drift in a preview, by resource and path; only resources that have drift. */
export type Shown = ReadonlyMap<string, Readonly<Record<string, string>>>;

interface Stored {
  readonly id: string;
  readonly inputs: Values;
  readonly outs: Values;
}

/**
 * The engine's part of an operation, with the product's own verbs: check, diff, then create, update or delete, and a state.
 * Each operation has an engine of its own, as each runs in a process of its own.
 */
export class Engine {
  readonly #state = new Map<string, Stored & Pick<Registered, "kind">>();

  /** The drift that a plain preview shows, and labels of resources that it would change for another reason. */
  async preview(program: readonly Registered[]): Promise<Shown> {
    const { of, log } = fresh();
    const shown = new Map<string, Record<string, string>>();
    for (const resource of program) {
      const old = this.#state.get(resource.label);
      const inputs = await check(of(resource.kind), resource, old?.inputs ?? {}, true);
      const before = (old?.inputs["drift"] ?? {}) as Record<string, string>;
      const now = (inputs["drift"] ?? {}) as Record<string, string>;
      const changed = Object.entries(now).filter(([key, text]) => before[key] !== text);
      if (changed.length > 0) shown.set(resource.label, Object.fromEntries(changed));
      else if (!old) shown.set(resource.label, { "(create)": "create" });
      else if (
        (await of(resource.kind).diff(old.id, old.outs, inputs)).changes !== false &&
        !isSame(old.inputs, inputs)
      )
        shown.set(resource.label, { "(arguments)": "update" });
    }
    for (const label of this.#state.keys())
      if (!program.some((one) => one.label === label)) shown.set(label, { "(delete)": "delete" });
    const lines = log();
    if (lines.length > 0) shown.set("(log)", Object.fromEntries(lines.map((line, at) => [String(at), line])));
    return shown;
  }

  /** Returns the errors. */
  async up(program: readonly Registered[]): Promise<string[]> {
    const { of } = fresh();
    const errors: string[] = [];
    const one = async (resource: Registered) => {
      try {
        await this.#change(of(resource.kind), resource);
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
    };
    const [jail, ...others] = program;
    if (jail) await one(jail);
    await Promise.all(others.map(one));
    for (const [label, { kind, id, outs }] of [...this.#state]) {
      if (program.some((each) => each.label === label)) continue;
      await of(kind).delete(id, outs);
      this.#state.delete(label);
    }
    return errors;
  }

  /** Takes a resource out of the state, and leaves the host alone: `pulumi state delete`, or `retainOnDelete`. */
  forget(label: string): void {
    this.#state.delete(label);
  }

  /** Gives a resource another name, as an alias or `pulumi state rename` does. */
  rename(label: string, next: string): void {
    const stored = this.#state.get(label);
    if (!stored) throw new Error(`no ${label} in the state`);
    this.#state.delete(label);
    this.#state.set(next, stored);
  }

  async #change(verbs: PulumiVerbs, resource: Registered): Promise<void> {
    const { label, kind } = resource;
    const old = this.#state.get(label);
    const inputs = await check(verbs, resource, old?.inputs ?? {}, false);
    if (!old) {
      try {
        const { id, outs } = await verbs.create(inputs);
        this.#state.set(label, { kind, id, inputs, outs });
      } catch (error) {
        const { id, properties } = error as { id?: string; properties?: Values };
        if (id !== undefined && properties) this.#state.set(label, { kind, id, inputs, outs: properties });
        throw error;
      }
      return;
    }
    const { changes } = await verbs.diff(old.id, old.outs, inputs);
    if (changes === false || (changes === undefined && isSame(old.inputs, inputs))) return;
    const { outs } = await verbs.update(old.id, old.outs, inputs);
    this.#state.set(label, { kind, id: old.id, inputs, outs });
  }
}

async function check(
  verbs: PulumiVerbs,
  { inputs: news, label }: Registered,
  olds: Values,
  preview: boolean,
): Promise<Values> {
  const turn = { ...(news["turn"] as Values), preview };
  const { inputs, failures = [] } = await verbs.check(olds, { ...news, turn });
  if (failures.length > 0) throw new Error(`${label}: ${JSON.stringify(failures)}`);
  return { ...inputs, __provider: news["__provider"] };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, one]) => [key, sorted(one)]),
  );
}

/** Verbs of an engine that remembers nothing of operations before, and the lines that it logs. */
function fresh(): { of(kind: string): PulumiVerbs; log(): string[] } {
  const lines: string[] = [];
  const engine = new ProductEngine({
    log: async (_urn, _severity, message) => {
      lines.push(message);
    },
    signal: new AbortController().signal,
    connections,
  });
  const made = new Map<string, PulumiVerbs>();
  const of = (name: string) => {
    const kind = kinds.get(name);
    if (!kind) throw new Error(`no kind ${name}`);
    const known = made.get(name) ?? storedVerbs(new Verbs(kind, engine));
    made.set(name, known);
    return known;
  };
  return { of, log: () => lines };
}
