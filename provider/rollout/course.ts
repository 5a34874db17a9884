import type { EngineEvent } from "@pulumi/pulumi/automation";
import { labelOf } from "../model/urn";

const stackType = "pulumi:pulumi:Stack";

/** The course of one run of the CLI, as its events tell it. */
export class Course {
  /** Whether Pulumi's engine has begun: a run without that has not read the state. */
  hasBegun = false;
  #changes: Readonly<Record<string, number>> = {};
  #outputs = false;
  #errors: { readonly urn: string; readonly message: string }[] = [];

  readonly add = (event: EngineEvent): void => {
    if (event.preludeEvent) this.hasBegun = true;
    const { diagnosticEvent: diagnostic, resOutputsEvent: outputs, summaryEvent: summary } = event;
    if (summary) this.#changes = summary.resourceChanges as Readonly<Record<string, number>>;
    if (diagnostic?.severity === "error") this.#errors.push({ urn: diagnostic.urn ?? "", message: diagnostic.message });
    if (outputs?.metadata.type === stackType) {
      const { old, new: next } = outputs.metadata;
      this.#outputs = JSON.stringify(old?.outputs) !== JSON.stringify(next?.outputs);
    }
  };

  /** Whether a resource or an output of the stack changes. */
  get isChanged(): boolean {
    return this.#outputs || Object.entries(this.#changes).some(([op, count]) => op !== "same" && count > 0);
  }

  /** The error that tells most: one of a resource, with its label, before one of the stack. */
  get error(): string | undefined {
    const own = this.#errors.find(({ urn }) => urn !== "" && !urn.includes(`::${stackType}::`));
    if (own) return `${labelOf(own.urn)}: ${inOneLine(own.message)}`;
    return this.#errors[0]?.message;
  }
}

/** The reason and the remedy. The engine makes a list of the reasons of a resource that is half made. */
function inOneLine(message: string): string {
  const lines = message.split("\n").map((line) => line.trim().replace(/^\* /, ""));
  const trace = lines.findIndex((line) => /^at \S/.test(line));
  const told = trace === -1 ? lines : lines.slice(0, trace);
  return told.filter((line) => line !== "" && !/^\d+ errors? occurred:$/.test(line)).join("; ");
}
