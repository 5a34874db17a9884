import type { Agent } from "../../agent/channel/agent";
import type { Chain } from "../../agent/channel/chain";
import { attempt, readerFor } from "../../agent/requests/command";
import {
  placeStaged,
  removeStaged,
  type Source,
  setOwnFields,
  stagedPaths,
  stageFile,
  takeBack,
} from "../../agent/requests/deliver";
import { PutError } from "../../agent/requests/delivery-error";
import type { Command } from "../../intent/command";
import { isOnHost } from "../../intent/file-claim";
import { type Bytes, fromWire, show, utf8Of } from "../../model/bytes";
import type { Principals } from "../../model/entry";
import type { Step } from "../../plan/steps";
import { commandText } from "../../render/text/command";
import type { Content } from "../assess/content";
import type { KnownFiles } from "../assess/file-facts";
import { type DeliveredResource, filledIn, outputText, userOf } from "./delivery-commands";

/** The failure of a resource's files; its path is `.` if it concerns no single file. */
interface Failure {
  readonly at: Bytes;
  readonly why: string;
}

/** A file that is staged, or about to be. */
interface Staged {
  readonly step: Step;
  readonly made: Promise<void>;
}

/** The files and links that one run puts in place: made and accepted before anything is changed, and taken back together. */
export class Delivery {
  /** By resource, why its file cannot be put in place. The run leaves that resource alone from then on. */
  readonly failed = new Map<string, Failure>();
  readonly #agent: Agent;
  readonly #putterOf: (label: string) => DeliveredResource | undefined;
  /** The inodes of files that were made here, by path. */
  readonly #inodes = new Map<Bytes, string>();
  readonly #staged = new Map<Bytes, Staged>();
  /** By resource: if one of its files cannot be staged, none is put in place. */
  readonly #chains = new Map<string, Chain>();
  readonly #placed: Step[] = [];
  readonly #takenBack = new Set<string>();

  constructor(agent: Agent, putterOf: (label: string) => DeliveredResource | undefined) {
    this.#agent = agent;
    this.#putterOf = putterOf;
  }

  /**
   * Whether no command has to accept the files and they are sent at once: then they can be placed before the reply to their
   * staging.
   */
  areQuick(steps: readonly Step[]): boolean {
    return steps.every((step) => this.#checkOf(step) === undefined && !("chunks" in (this.#sourceOf(step) ?? {})));
  }

  /** Stages files and has them checked. Files that depend on no other are staged together. */
  async prepare(steps: readonly Step[], principals: Principals): Promise<void> {
    const fresh = steps.filter(
      (step) => step.action === "put" && !this.#staged.has(step.path) && !this.failed.has(labelOf(step)),
    );
    const isQuick = (step: Step) => this.areQuick([step]);
    await Promise.all(fresh.filter(isQuick).map((step) => this.#stage(step, principals)));
    for (const step of fresh) if (!isQuick(step)) await this.#stage(step, principals);
  }

  #stage(step: Step, principals: Principals): Promise<void> {
    const made = this.#tried(step, () => this.#prepare(step, principals));
    made.catch(() => undefined); // The awaiting caller gets the error.
    this.#staged.set(step.path, { step, made });
    return made;
  }

  #chainOf(step: Step): Chain {
    const chain = this.#chains.get(labelOf(step)) ?? this.#agent.chain();
    this.#chains.set(labelOf(step), chain);
    return chain;
  }

  /** A file's failure fails its resource only. */
  async #tried(step: Step, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof PutError)) throw error;
      if (error.isPassedOver) return;
      this.failed.set(labelOf(step), { at: step.path, why: `cannot be put in place: ${error.message}` });
    }
  }

  #checkOf(step: Step): Command | undefined {
    const isFile = step.put?.claim.is.type === "file" && !isOnHost(step.path);
    return isFile ? this.#putterOf(labelOf(step))?.commands.validate : undefined;
  }

  #sourceOf(step: Step): Source | undefined {
    return sourceOf(step, this.#putterOf(labelOf(step))?.content);
  }

  async #prepare(step: Step, principals: Principals): Promise<void> {
    const validate = this.#checkOf(step);
    const user = validate && userOf(validate, principals);
    const reader = user && (await readerFor(this.#agent, user));
    const source = this.#sourceOf(step);
    const inode = await stageFile(this.#agent, step, source, { chain: this.#chainOf(step), reader });
    if (inode !== undefined) this.#inodes.set(step.path, inode);
    if (!validate) return;
    const { root } = this.#agent.site;
    const { failed, printed } = await attempt(this.#agent, filledIn(validate, root, stagedPaths(root, step)), reader);
    if (failed === undefined) {
      if (reader) await setOwnFields(this.#chainOf(step), step);
      return;
    }
    const putter = this.#putterOf(labelOf(step));
    // The staged file is gone when the message is read: the reader knows the file by its final path.
    const jailFile = `/${utf8Of(step.path)}`;
    const { argv } = filledIn(validate, root, { file: `${root}${jailFile}`, jailFile });
    const command = commandText(argv, putter?.isCommandSecret === true);
    throw new PutError(`${command} refuses it, ${failed}${await this.#output(printed, putter ? [putter] : [])}`);
  }

  /** Moves staged files into place. `known` then has their facts, so that they need no second read. */
  async place(steps: readonly Step[], known: KnownFiles): Promise<void> {
    const staged = steps
      .flatMap(({ path }) => this.#staged.get(path) ?? [])
      .filter(({ step }) => !this.failed.has(labelOf(step)));
    await Promise.all(
      staged.map(({ step, made }) =>
        this.#tried(step, async () => {
          // A file that cannot be placed does not keep the others from their places.
          const placing = placeStaged(this.#chainOf(step).attempts, step);
          placing.catch(() => undefined);
          await made;
          if (!(await placing)) return;
          this.#staged.delete(step.path);
          this.#placed.push(step);
          known.placed(step.path, this.#inodes.get(step.path), step.put?.want);
        }),
      ),
    );
  }

  /**
   * Runs the commands that make the changes count, each once. Where one fails the files that it is for are put back as they
   * were, if only root can have changed them meanwhile. `pending` are resources whose command has not ended well before.
   */
  async settle(pending: readonly string[], isStable: (path: Bytes) => boolean): Promise<void> {
    const labels = new Set([...pending, ...this.#placed.map(labelOf)]);
    const groups = new Map<string, { commands: readonly Command[]; labels: string[] }>();
    for (const label of labels) {
      const { onChange } = this.#putterOf(label)?.commands ?? {};
      if (!onChange || this.failed.has(label)) continue;
      const key = JSON.stringify(onChange.map(({ argv }) => argv));
      const known = groups.get(key);
      if (known) known.labels.push(label);
      else groups.set(key, { commands: onChange, labels: [label] });
    }
    for (const { commands, labels: of } of groups.values()) {
      const { failed, command } = await this.#runAll(commands, of);
      if (failed === undefined) continue;
      const steps = this.#placed.filter((step) => of.includes(labelOf(step)));
      const left = await this.#takeBack(steps, isStable);
      const back =
        left.length === 0 ? "; the file is as it was before" : `; ${left.map(show).join(", ")} is left changed`;
      for (const label of of) {
        const isPlaced = steps.some((step) => labelOf(step) === label);
        const why = `${command} has failed: ${failed}${isPlaced ? back : ""}`;
        this.failed.set(label, { at: fromWire("."), why });
      }
    }
  }

  /** Runs commands until one fails, and says how. */
  async #runAll(
    commands: readonly Command[],
    labels: readonly string[],
  ): Promise<{ failed?: string; command?: string }> {
    const putters = labels.flatMap((label) => this.#putterOf(label) ?? []);
    const isSecret = putters.some(({ isCommandSecret }) => isCommandSecret);
    for (const command of commands) {
      const { failed, printed } = await attempt(this.#agent, command);
      if (failed !== undefined)
        return {
          failed: `${failed}${await this.#output(printed, putters)}`,
          command: commandText(command.argv, isSecret),
        };
    }
    return {};
  }

  #output(printed: string, putters: readonly DeliveredResource[]): Promise<string> {
    return outputText(this.#agent, printed, putters);
  }

  async #takeBack(steps: readonly Step[], isStable: (path: Bytes) => boolean): Promise<Bytes[]> {
    const left: Bytes[] = [];
    for (const step of [...steps].reverse()) {
      try {
        if (!isOnHost(step.path) && !isStable(step.path))
          throw new PutError("users other than root may write above it");
        await takeBack(this.#agent, step);
        // A link on the host is covered by the message about its target file.
        if (step.put?.claim.is.type === "file" || !isOnHost(step.path)) this.#takenBack.add(labelOf(step));
      } catch (error) {
        if (!(error instanceof PutError)) throw error;
        left.push(step.path);
      }
    }
    return left;
  }

  /** Whether a resource's files are as they were before: none was put in place, or all were taken back. */
  isUnchanged(label: string): boolean {
    return this.#takenBack.has(label) || !this.#placed.some((step) => labelOf(step) === label);
  }

  unplace(): Promise<void> {
    return removeStaged(this.#agent);
  }
}

function labelOf({ put }: Step): string {
  return put?.claim.by.label ?? "";
}

function sourceOf({ put }: Step, content: Content | undefined): Source | undefined {
  const { is } = put?.claim ?? {};
  if (is?.type !== "file" || !put?.want) return undefined;
  if (is.content?.from === "host") return { digest: put.want, hostFile: is.content.path };
  const text = is.content?.text;
  if (text !== undefined) return { digest: put.want, bytes: Buffer.from(text, "utf8") };
  if (content?.bytes) return { digest: content.digest, bytes: content.bytes };
  return content && { digest: content.digest, chunks: content.chunks };
}
