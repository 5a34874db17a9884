import type { Agent } from "../agent/agent";
import type { Chain } from "../agent/chain";
import { attempt, PutError, placeStaged, type Source, stagedPaths, stageFile, takeBack, unplace } from "../agent/put";
import type { Site } from "../agent/site";
import type { Command } from "../intent/file-claim";
import { isOnHost } from "../intent/file-claim";
import { type Bytes, fromWire, show, showRemote } from "../model/bytes";
import { type Principals, principalId } from "../model/entry";
import type { Step } from "../plan/steps";
import { commandText } from "../render/command";
import type { Commands } from "../resources/kind";
import type { Content } from "./content";
import type { KnownFiles } from "./file-facts";

/** What the puts of a run have to know of the resource that one belongs to. */
export interface Putter {
  readonly content?: Content;
  readonly commands: Commands;
  readonly isCommandSecret: boolean;
}

/** What has gone wrong with a resource's files; `.` where it is no single one. */
interface Failure {
  readonly at: Bytes;
  readonly why: string;
}

/** What is made beside its place, or about to be. */
interface Staged {
  readonly step: Step;
  readonly made: Promise<void>;
}

/** The files and links that one run puts in place: made and accepted before anything is changed, and taken back together. */
export class Puts {
  /** By resource, why its file cannot be put in place. Such a one is left alone from then on. */
  readonly failed = new Map<string, Failure>();
  readonly #agent: Agent;
  readonly #site: Site;
  readonly #putterOf: (label: string) => Putter | undefined;
  /** The inodes of files that were made here, by path. */
  readonly #inodes = new Map<Bytes, string>();
  readonly #staged = new Map<Bytes, Staged>();
  /** By resource: where one of its files cannot be made none of them is put in place. */
  readonly #chains = new Map<string, Chain>();
  readonly #placed: Step[] = [];
  readonly #takenBack = new Set<string>();

  constructor(agent: Agent, site: Site, putterOf: (label: string) => Putter | undefined) {
    this.#agent = agent;
    this.#site = site;
    this.#putterOf = putterOf;
  }

  /** Whether nobody has to accept them, and they are sent at once: then they can be put in place before their making is told of. */
  areQuick(steps: readonly Step[]): boolean {
    return steps.every((step) => this.#checkOf(step) === undefined && !("chunks" in (this.#sourceOf(step) ?? {})));
  }

  /** Makes files beside their places and has them checked. Those that need nothing else are made all at once. */
  async prepare(steps: readonly Step[], principals: Principals): Promise<void> {
    const todo = steps.filter(
      (step) => step.action === "put" && !this.#staged.has(step.path) && !this.failed.has(labelOf(step)),
    );
    const isQuick = (step: Step) => this.areQuick([step]);
    await Promise.all(todo.filter(isQuick).map((step) => this.#stage(step, principals)));
    for (const step of todo) if (!isQuick(step)) await this.#stage(step, principals);
  }

  #stage(step: Step, principals: Principals): Promise<void> {
    const made = this.#tried(step, () => this.#prepare(step, principals));
    made.catch(() => undefined); // Told to whoever waits for it.
    this.#staged.set(step.path, { step, made });
    return made;
  }

  #chainOf(step: Step): Chain {
    const chain = this.#chains.get(labelOf(step)) ?? this.#agent.chain();
    this.#chains.set(labelOf(step), chain);
    return chain;
  }

  /** What goes wrong with a file is its resource's failure alone. */
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
    const source = this.#sourceOf(step);
    const inode = await stageFile(this.#agent, step, source, { chain: this.#chainOf(step), readableBy: user?.gid });
    if (inode !== undefined) this.#inodes.set(step.path, inode);
    if (!validate) return;
    const { failed, printed } = await attempt(this.#agent, filledIn(validate, step, this.#site.root), user);
    if (failed === undefined) return;
    const putter = this.#putterOf(labelOf(step));
    const command = commandText(validate.argv, putter?.isCommandSecret === true);
    throw new PutError(`${command} refuses it, ${failed}${saidBy(printed, putter ? [putter] : [])}`);
  }

  /** Moves what was made into place; nobody has to read the files again that `known` then has. */
  async place(steps: readonly Step[], known: KnownFiles): Promise<void> {
    const staged = steps
      .flatMap(({ path }) => this.#staged.get(path) ?? [])
      .filter(({ step }) => !this.failed.has(labelOf(step)));
    await Promise.all(
      staged.map(({ step, made }) =>
        this.#tried(step, async () => {
          // One that has no place does not keep the others from theirs.
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
        return { failed: `${failed}${saidBy(printed, putters)}`, command: commandText(command.argv, isSecret) };
    }
    return {};
  }

  async #takeBack(steps: readonly Step[], isStable: (path: Bytes) => boolean): Promise<Bytes[]> {
    const left: Bytes[] = [];
    for (const step of [...steps].reverse()) {
      try {
        if (!isOnHost(step.path) && !isStable(step.path)) throw new PutError("others than root may write above it");
        await takeBack(this.#agent, step);
        // Of a link on the host the file that it points to tells.
        if (step.put?.claim.is.type === "file" || !isOnHost(step.path)) this.#takenBack.add(labelOf(step));
      } catch (error) {
        if (!(error instanceof PutError)) throw error;
        left.push(step.path);
      }
    }
    return left;
  }

  /** Whether what a resource has in place is as it was before: nothing was put there, or it was taken back. */
  isUnchanged(label: string): boolean {
    return this.#takenBack.has(label) || !this.#placed.some((step) => labelOf(step) === label);
  }

  unplace(): Promise<void> {
    return unplace(this.#agent);
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

function filledIn(command: Command, step: Step, root: string): Command {
  const { file, jailFile } = stagedPaths(root, step);
  const values: Readonly<Record<string, string>> = { "{root}": root, "{file}": file, "{jailFile}": jailFile };
  return {
    ...command,
    argv: command.argv.map((word) => word.replace(/\{(?:root|file|jailFile)\}/g, (name) => values[name] ?? name)),
  };
}

function userOf({ user }: Command, { uids, gids }: Principals): { uid: number; gid: number } | undefined {
  if (user === undefined) return undefined;
  const uid = principalId(user, uids);
  // The group that is named like the user, as far as the host has one; nobody else's rights are lent.
  const gid = principalId(user, gids) ?? uid;
  if (uid === undefined || gid === undefined) throw new PutError(`the host has no user "${user}" for validate`);
  return { uid, gid };
}

/** What a command has printed may quote the file, or its own arguments. */
function saidBy(printed: string, putters: readonly Putter[]): string {
  const secret = putters.some(({ content }) => content?.isSecret)
    ? "the content"
    : putters.some(({ isCommandSecret }) => isCommandSecret) && "the command";
  if (secret) return ` (what it prints is not shown, as ${secret} is a secret)`;
  const said = showRemote(printed);
  return said === "" ? "" : `: ${said}`;
}
