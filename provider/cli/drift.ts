import { basename, dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { lookForDrift } from "../drift/look-for-drift";
import type { StackState } from "../drift/stack-state";
import { messageOf } from "../errors";
import { printable } from "../model/bytes";
import { counted } from "../model/counted";
import type { FleetReport } from "../report/fleet-report-v1";
import { onlyNew } from "../report/only-new";
import { fleetFolder } from "../rollout/fleet-folder";
import { attempt, CommandError } from "./command-error";
import { Counting } from "./counting";
import { type StateOptions, statesOf } from "./drift-states";
import { exitStatus, exitStatusOf } from "./exit-status";
import { keepReport, lastReport } from "./last-report";
import { projectFolders } from "./project-folders";
import type { ReportOptions } from "./report-options";
import { expectDelivered, sendReport, showReport, writeReport } from "./reports";
import { stopSignal } from "./stop-signal";
import { expectWebhook } from "./webhook";

export interface DriftCommandOptions extends ReportOptions, StateOptions {
  readonly onlyNew?: string;
  readonly watch?: number;
  readonly width?: number;
}

/** Looks for drift, once or again and again. Resolves with the exit status. */
export async function drift(stacks: readonly string[], options: DriftCommandOptions): Promise<number> {
  const { watch } = options;
  expectWebhook(options.webhook);
  const signal = stopSignal("the hosts that are left count as not checked");
  let { status, errors } = await lookOnce(stacks, options, signal);
  if (watch === undefined) {
    expectDelivered(errors);
    return status;
  }
  for (;;) {
    // A webhook, a disk or a backend that has failed may work at the next look.
    for (const error of errors) process.stderr.write(`pulumi-chroot: ${printable(messageOf(error))}\n`);
    await setTimeout(watch * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return errors.length > 0 ? exitStatus.failed : status;
    ({ status, errors } = await lookOnce(stacks, options, signal).catch(failedLook));
  }
}

/** The end of one look: `errors` are of the places that did not get its report. */
interface Look {
  readonly status: number;
  readonly errors: readonly Error[];
}

function failedLook(error: Error): Look {
  return { status: exitStatus.failed, errors: [error] };
}

/** The files hold all that the look has found; with `--only-new` the terminal, the webhook and the status tell the news alone. */
async function lookOnce(stacks: readonly string[], options: DriftCommandOptions, signal: AbortSignal): Promise<Look> {
  const whole = await look(stacks, options, signal);
  const unwritten = await writeReport(whole, options);
  const { onlyNew: file } = options;
  const before = file === undefined ? undefined : lastReport(file);
  const report = before ? onlyNew(whole, before) : whole;
  const status = exitStatusOf(report);
  showReport(report, options, {
    ...(status === 0 ? {} : { next: nextCommand(stacks) }),
    ...(before ? { lookedAt: whole.hosts.length } : {}),
  });
  const unsent = await sendReport(report, options);
  // News that did not arrive are news again in the next look.
  const unkept = file === undefined || unsent.length > 0 ? [] : await attempt(() => keepReport(file, whole));
  return { status, errors: [...unwritten, ...unsent, ...unkept] };
}

async function look(
  stacks: readonly string[],
  options: DriftCommandOptions,
  signal: AbortSignal,
): Promise<FleetReport> {
  const states = await statesOf(stacks, options, signal);
  // An empty look must not read as "in sync".
  if (!states.some(({ resources, unread }) => resources.length > 0 || unread !== undefined))
    throw new CommandError(`nothing to look at: ${counted(states.length, "stack")}, and none has a jail`);
  const counting = new Counting("hosts");
  const isNamed = options.export !== undefined || stacks.length > 0;
  const empty = states.filter(({ resources, unread }) => resources.length === 0 && unread === undefined);
  if (!isNamed && empty.length > 0)
    counting.print(printable(`without a jail, so not looked at: ${empty.map(({ name }) => name).join(", ")}`));
  try {
    return await lookForDrift({
      ...(options.width === undefined ? {} : { width: options.width }),
      ...named(isNamed ? states.map(withJails) : states),
      signal,
      onProgress: ({ done, of }) => counting.show(done, of),
      onNotice: (text) => counting.print(text),
    });
  } finally {
    counting.end();
  }
}

/** A stack that somebody names has jails: one without any was never brought up, or is another one. */
function withJails(state: StackState): StackState {
  const { name, resources } = state;
  const unread = `the state of ${name} has no jail: bring the stack up, or leave it out`;
  return resources.length > 0 ? state : { unread, ...state };
}

/** The report has the name of the stacks' project, where they have one. */
function named(stacks: readonly StackState[]): { readonly name: string; readonly stacks: readonly StackState[] } {
  const projects = [...new Set(stacks.map(({ name }) => name.split("/").at(-2) ?? name))];
  return { name: projects.length === 1 ? (projects[0] ?? "") : `${projects.length} projects`, stacks };
}

/** The command that shows the same drift with all its lines. */
function nextCommand([stack]: readonly string[]): string {
  if (stack !== undefined) return `pulumi preview --diff --stack ${stack}`;
  const [folder = ""] = projectFolders(process.cwd());
  return basename(dirname(folder)) === fleetFolder ? "npx pulumi-chroot rollout --preview" : "pulumi preview --diff";
}
