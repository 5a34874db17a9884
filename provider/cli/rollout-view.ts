import { RolloutRecord } from "../fleet/record";
import { printable } from "../model/bytes";
import type { RolloutProgress } from "../rollout/options";
import { LiveText } from "./live-text";
import { planLines } from "./plan-lines";
import { progressLines } from "./progress-lines";

/** A rollout on stderr: its plan, then a table that is redrawn on a terminal, and a line for each event elsewhere. */
export class RolloutView {
  readonly #name: string;
  readonly #live = process.stderr.isTTY ? new LiveText(process.stderr) : undefined;
  readonly #phases = new Map<string, string>();
  #record: RolloutRecord | undefined;
  #isPaused = false;

  constructor(name: string) {
    this.#name = name;
  }

  add(event: RolloutProgress): void {
    if (event.event === "planned") {
      this.#record = new RolloutRecord(event.plan);
      for (const line of planLines(this.#name, event.plan)) process.stderr.write(`${line}\n`);
      return;
    }
    if (event.event === "phase") this.#phases.set(event.unit, event.why ? `${event.phase}: ${event.why}` : event.phase);
    else if (event.event !== "joined") this.#record?.add(event);
    const line = eventLine(event);
    if (!this.#live) {
      if (line !== undefined) process.stderr.write(`${printable(line)}\n`);
      return;
    }
    if (event.event === "joined" && line !== undefined) this.#live.print(printable(line));
    this.#draw();
  }

  /** Takes the table away while `ask` asks on the terminal. */
  async paused<T>(ask: () => Promise<T>): Promise<T> {
    this.#isPaused = true;
    this.#live?.end();
    try {
      return await ask();
    } finally {
      this.#isPaused = false;
      this.#draw();
    }
  }

  end(): void {
    this.#isPaused = true;
    this.#live?.end();
  }

  #draw(): void {
    const record = this.#record;
    if (record && !this.#isPaused) this.#live?.show(() => progressLines(record, this.#phases));
  }
}

/** One line for a log; none for an event that is no news there. */
function eventLine(event: RolloutProgress): string | undefined {
  const reason = "why" in event && event.why !== undefined ? `: ${event.why}` : "";
  if (event.event === "phase") return reason === "" ? undefined : `${event.unit}: waits (${event.phase})${reason}`;
  if (event.event === "started") return `${event.unit}: started`;
  if (event.event === "ended") return `${event.unit}: ${event.outcome}${reason}`;
  if (event.event === "gated") return `${event.wave}: gate ${event.gate} ${event.isOpen ? "open" : "CLOSED"}${reason}`;
  if (event.event === "approved") return `${event.wave}: approved by ${event.by}`;
  if (event.event === "stopping")
    return event.withoutApproval === undefined
      ? "stopping: units in flight finish"
      : `${event.withoutApproval}: no approval (--yes, --approvals or --approve-by gives one where there is no terminal)`;
  if (event.event === "joined") return `not in this rollout, as they joined after its start: ${event.units.join(", ")}`;
  if (event.event === "resumed" && event.gone.length > 0)
    return `the rollout goes on; no longer in the fleet: ${event.gone.join(", ")}`;
  return event.event === "resumed" ? "the rollout goes on" : undefined;
}
