import { type PulumiVerbs, storedVerbs } from "../dynamic/stored-verbs";
import { Verbs } from "../dynamic/verbs";
import { contentWish, isSecretIn, recordedArgs } from "../engine/assess/content";
import type { Engine } from "../engine/engine";
import { noteUnchecked } from "../engine/session/resource-check";
import { messageOf } from "../errors";
import { pick, type Values } from "../model/values";
import type { ResourceKind } from "../resources/kind";
import type { TurnInput } from "../resources/turn-input";
import type { Known } from "./stated";

type Told = NonNullable<TurnInput["declared"]>[number];

/**
 * Looks at the jails of one host by the verbs that Pulumi calls: the words of a report are those of a preview of the unchanged
 * program. The engine's sink gets the assessments.
 */
export class JailLook {
  readonly #engine: Engine;
  /** Where all jails of the host are, for scans that start together. */
  readonly #survey: string;
  readonly #verbs = new Map<string, PulumiVerbs>();

  constructor(engine: Engine, survey: string) {
    this.#engine = engine;
    this.#survey = survey;
  }

  /** Compares the resources of one jail: a Jail first, as it decides for the paths that no other resource claims. */
  async compare(resources: readonly Known[]): Promise<void> {
    const jails = resources.filter(({ kind }) => kind.declaresJail);
    const others = resources.filter(({ kind }) => !kind.declaresJail);
    for (const jail of jails) {
      const claims = Object.keys((jail.plain["claims"] ?? {}) as Values);
      const children = others.filter(({ label, unknown }) => claims.includes(label) && unknown.length === 0);
      await this.#check(jail, await Promise.all(children.map((child) => this.#told(child))));
    }
    await Promise.all(others.map((other) => this.#check(other)));
  }

  async #check(resource: Known, declared?: readonly Told[]): Promise<void> {
    const { kind, urn, stored, news, isUnfit } = resource;
    const turn: TurnInput = { urn, preview: true, survey: this.#survey, ...(declared ? { declared } : {}) };
    const why = isUnfit ? [] : await this.#failures(kind, stored, { ...news, turn });
    const all = [...resource.unknown, ...why];
    if (all.length > 0) await this.#noteUnchecked(resource, all);
  }

  async #failures(kind: ResourceKind, olds: Values, news: Values): Promise<string[]> {
    try {
      const { failures = [] } = await this.#verbsOf(kind).check(olds, news);
      return failures.map(({ property, reason }) => (property === "" ? reason : `${property}: ${reason}`));
    } catch (error) {
      return [messageOf(error)];
    }
  }

  #noteUnchecked({ urn, site }: Known, why: readonly string[]): Promise<void> {
    const session = this.#engine.session(this.#engine.siteAt(site));
    return noteUnchecked(session, urn, `not checked: ${why.join("; ")}`);
  }

  /** The declaration of a resource in full: a program may tell a Jail less, and the plan is made anew then. */
  async #told({ kind, label, plain }: Known): Promise<Told> {
    const given = kind.content?.(pick(plain, kind.keys));
    const content = await this.#engine.contents.of(given, isSecretIn(kind, plain)).catch(() => undefined);
    return { kind: kind.name, label, args: recordedArgs(kind, plain), ...contentWish(content) };
  }

  #verbsOf(kind: ResourceKind): PulumiVerbs {
    const known = this.#verbs.get(kind.name) ?? storedVerbs(new Verbs(kind, this.#engine));
    this.#verbs.set(kind.name, known);
    return known;
  }
}
