import type { Declaration } from "../../intent/declaration";
import type { ProgramView } from "../../intent/merge";
import { isEqual } from "../../model/values";
import type { Observation } from "../../observe/observation";
import type { Assessment } from "../assess/assessment";
import { type Content, contentWish } from "../assess/content";

/** A resource as the state has it. */
export interface StateResource {
  readonly kind: string;
  readonly token: string;
  readonly args: Declaration["args"];
  readonly content: Content | undefined;
}

type AssessProgram = (program: ProgramView, observation: Observation) => Promise<Assessment>;

/** Compares a jail with resources of the state and with the registry, without a program: for a refresh. */
export class StateAssessment {
  readonly #assess: AssessProgram;
  /** For all resources whose state is as recorded. */
  #recorded: { readonly of: Observation; readonly assessment: Promise<Assessment> } | undefined;

  constructor(assess: AssessProgram) {
    this.#assess = assess;
  }

  of({ kind, token, args, content }: StateResource, observation: Observation): Promise<Assessment> {
    const record = observation.records.find((one) => one.token === token);
    if (content === undefined && record?.kind === kind && isEqual(record.args, args))
      return this.#ofRecords(observation);
    const owner = { token, label: record?.label ?? `${kind} ${token}` };
    return this.#assess(view([{ kind, owner, args, ...contentWish(content) }]), observation);
  }

  #ofRecords(observation: Observation): Promise<Assessment> {
    if (this.#recorded?.of !== observation)
      this.#recorded = { of: observation, assessment: this.#assess(view([]), observation) };
    return this.#recorded.assessment;
  }
}

function view(declarations: readonly Declaration[]): ProgramView {
  return { stack: undefined, declarations, departed: new Set() };
}
