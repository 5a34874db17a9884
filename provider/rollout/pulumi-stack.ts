import { LocalWorkspace, type OutputMap, Stack, type UpdateSummary } from "@pulumi/pulumi/automation";
import { messageOf } from "../errors";
import type { FleetUnit } from "../fleet/fleet";
import { type Cli, CommandFailure } from "./command";
import { Course } from "./course";
import type { ErrorsApart } from "./errors-apart";
import { stackLock } from "./stack-lock";
import type { CliEnd, UnitStack } from "./unit-stack";

/** The parts of a fleet's Pulumi project that its stacks share. */
export interface Project {
  readonly cli: Cli;
  readonly folder: string;
  readonly declare: (unit: FleetUnit) => unknown;
  readonly errors: ErrorsApart;
  readonly secretsProvider?: string;
  line(text: string): string;
}

/** The stack of a unit, whose program runs in this process. `assessments` is the folder for the next preview. */
export class PulumiStack implements UnitStack {
  readonly #project: Project;
  readonly #unit: FleetUnit;
  readonly #name: string;
  readonly #assessments: () => string;

  constructor(project: Project, unit: FleetUnit, name: string, assessments: () => string) {
    this.#project = project;
    this.#unit = unit;
    this.#name = name;
    this.#assessments = assessments;
  }

  preview(): Promise<CliEnd> {
    return this.#run({ PULUMI_CHROOT_ASSESSMENTS: this.#assessments() }, (stack, onEvent) =>
      stack.preview({ onEvent }),
    );
  }

  up(): Promise<CliEnd> {
    return this.#run({}, (stack, onEvent) => stack.up({ onEvent }));
  }

  /** Not by the workspace: it would select the stack, in a file that all processes of the machine share. */
  async create(): Promise<CliEnd> {
    const { cli, folder, secretsProvider, line } = this.#project;
    const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
    try {
      await cli.run(["stack", "init", this.#name, "--no-select", ...provider], folder);
      return {};
    } catch (error) {
      const text = error instanceof CommandFailure ? error.text : messageOf(error);
      return /stack .*already exists/.test(text) ? {} : { problem: "early", why: line(text) };
    }
  }

  async #run(
    env: Record<string, string>,
    work: (stack: Stack, onEvent: Course["add"]) => Promise<unknown>,
  ): Promise<CliEnd> {
    const course = new Course();
    let mistake: string | undefined;
    const note = (error: unknown) => {
      mistake ??= messageOf(error);
    };
    try {
      await work(await this.#open(env, note), course.add);
      return { isChanged: course.isChanged };
    } catch (error) {
      const { line } = this.#project;
      if (mistake !== undefined) return { problem: "program", why: line(mistake) };
      const text = error instanceof CommandFailure ? error.text : messageOf(error);
      const lock = stackLock(text);
      if (lock) return { problem: "locked", why: line(lock.by), isLeft: lock.isLeft };
      if (/no stack named .* found/.test(text)) return { problem: "no-stack" };
      return { problem: course.hasBegun ? "engine" : "early", why: line(course.error ?? text) };
    }
  }

  /** An object of the SDK for one run. Commands that the SDK adds to a run are left out: nothing here reads their results. */
  async #open(env: Record<string, string>, note: (error: unknown) => void): Promise<Stack> {
    const { cli, folder, declare, errors } = this.#project;
    const program = async () => {
      errors.note(note);
      try {
        return (await declare(this.#unit)) as Record<string, unknown> | undefined;
      } catch (error) {
        note(error);
        throw error;
      }
    };
    const workspace = await LocalWorkspace.create({
      workDir: folder,
      program: program as () => Promise<Record<string, unknown>>,
      pulumiCommand: cli.sdk,
      envVars: { PULUMI_SKIP_UPDATE_CHECK: "true", ...env },
    });
    workspace.selectStack = async () => undefined;
    const stack = await Stack.select(this.#name, workspace);
    stack.outputs = async () => ({}) as OutputMap;
    stack.info = async () => undefined as UpdateSummary | undefined;
    return stack;
  }
}
