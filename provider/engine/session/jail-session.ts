import { isDeepStrictEqual } from "node:util";
import { awaitHost } from "../../agent/channel/connect";
import { Lease, type Use } from "../../agent/channel/lease";
import { LeftOut } from "../../agent/channel/left-out";
import { Prefetch } from "../../agent/channel/prefetch";
import { processesOf } from "../../agent/requests/processes";
import type { Site } from "../../agent/site";
import type { Declaration } from "../../intent/declaration";
import { type Finding, isLasting } from "../../intent/finding";
import type { ProgramView } from "../../intent/merge";
import type { Connection } from "../../model/connection";
import type { Observation } from "../../observe/observation";
import type { Running } from "../../observe/process";
import type { Uses } from "../../observe/uses";
import type { Difference } from "../../plan/difference";
import { assess } from "../assess/assess";
import type { Assessment } from "../assess/assessment";
import type { Content } from "../assess/content";
import { type HostAnswers, noAnswers } from "../assess/host-answers";
import { entriesInUse } from "../assess/in-use";
import type { JailContext } from "../assess/jail-context";
import { lineDiff } from "../assess/line-diff";
import { addPreviewDetails } from "../assess/preview-details";
import { needsProcesses } from "../assess/processes";
import { lockAndLook } from "../assess/readable-registries";
import { converge } from "../converge/converge";
import { deliveredResource } from "../converge/delivery-commands";
import type { Job, Outcome, Queue } from "../converge/job";
import type { Log } from "../log/log";
import { RepeatedText } from "../log/repeated-text";
import { forget } from "../remove/forget";
import type { AssessmentSink, ReportSink } from "../report/assessment-sink";
import { JobQueue } from "./job-queue";
import { Program } from "./program";
import { StateAssessment, type StateResource } from "./state-assessment";
import { throwIfStopped } from "./stopped";
import { tokenFor } from "./token";

/** The use that a door makes of previews. */
export interface PreviewUse {
  /** A place for the assessment of each jail; absent where nobody reads them. */
  readonly assessments?: AssessmentSink | undefined;
  /** Whether a preview writes its lines to the log. Default true. */
  readonly previewLines?: boolean;
}

/** Everything that this process does with one jail: one scan for all its resources, and one change at a time. */
export class JailSession {
  readonly program = new Program();
  readonly repeated = new RepeatedText();
  #reports: ReportSink | undefined;
  readonly #agentOptions: { readonly prefetch: Prefetch; readonly leftOut: LeftOut };
  readonly #use: PreviewUse;
  #jail: JailContext;
  #lease: Lease;
  #failed = false;
  #observation: Promise<Observation> | undefined;
  #latest: { version: number; observation: Observation; assessment: Promise<Assessment> } | undefined;
  #answers: { of: Observation; answers: HostAnswers } | undefined;
  #running: Promise<Running> | undefined;
  /** The contents that resources put into files, by the resources' labels. */
  readonly #contents = new Map<string, Content>();
  /** Refusals that an update of this operation must not get round. */
  #lasting: readonly Finding[] = [];
  readonly #state = new StateAssessment((program, observation) => this.#assessProgram(program, observation));
  readonly #queue = new JobQueue(this.program, (queue, jobs) => this.#run(queue, jobs));

  readonly #ask: Use = async (ask) => {
    throwIfStopped(this.#jail);
    return this.#lease.ask(ask);
  };

  constructor(jail: JailContext, use: PreviewUse = {}, leftOut = new LeftOut()) {
    this.#jail = jail;
    this.#use = use;
    this.#agentOptions = { prefetch: new Prefetch(), leftOut };
    this.#lease = this.#newLease();
  }

  get site(): Site {
    return this.#jail.site;
  }

  get log(): Log {
    return this.#jail.log;
  }

  /** Whether a preview writes its lines to the log. */
  get isLogged(): boolean {
    return this.#use.previewLines !== false;
  }

  /** The place for the reports of a stack's previews for machines, if there is one. */
  reportsOf(stack: string): ReportSink | undefined {
    this.#reports ??= this.#use.assessments?.of(this.site, stack);
    return this.#reports;
  }

  #newLease(): Lease {
    return new Lease(this.#jail.connections, this.site, this.#agentOptions);
  }

  /** Takes another way to the same jail, such as a new key, and tries again where the last one failed. */
  reachBy(connection: Connection): void {
    if (isDeepStrictEqual(connection, this.site.connection)) return;
    this.#jail = { ...this.#jail, site: { ...this.site, connection } };
    this.#lease = this.#newLease();
    if (this.#failed) this.#observation = undefined;
  }

  /** Starts the scan unless there is one already. */
  observe(): Promise<Observation> {
    if (!this.#observation) {
      const { notices } = this.#jail;
      this.#lease = this.#newLease();
      const scan = () =>
        this.#ask(async (agent) => {
          const observation = await lockAndLook(agent, "-s");
          await notices.say(observation.notices);
          // The question travels with the next ones.
          this.#running = undefined;
          if (observation.records.some(needsProcesses)) void this.running();
          return observation;
        });
      this.#observation = this.#agentOptions.leftOut.around(scan);
      this.#failed = false;
      this.#observation.catch(() => {
        this.#failed = true; // A resource that needs the scan tells the error; a scan that only started early tells nothing.
      });
    }
    return this.#observation;
  }

  /** Waits for a host that may be about to come up. A scan that failed before is made again. */
  async awaitHost(): Promise<void> {
    throwIfStopped(this.#jail);
    const say = (text: string) => this.log("", "info", text);
    const { connections, signal } = this.#jail;
    await awaitHost(connections, this.site, { say, signal }).catch((error: unknown) => {
      throwIfStopped(this.#jail);
      throw error;
    });
    if (this.#failed) this.#observation = undefined;
    this.#failed = false;
  }

  /** Compares the jail with everything that the program and the registry declare. */
  async assess(): Promise<Assessment> {
    const observation = await this.observe();
    const { version } = this.program;
    if (this.#latest?.version !== version || this.#latest.observation !== observation)
      this.#latest = { version, observation, assessment: this.#assessForPeople(this.program.view(), observation) };
    return this.#latest.assessment;
  }

  /** Compares as the jail is by now, whatever was seen before. */
  assessAgain(): Promise<Assessment> {
    this.#observation = undefined;
    return this.assess();
  }

  /** Compares the jail with one resource of the state and with the registry, without a program: for refresh. */
  async assessState(resource: StateResource): Promise<Assessment> {
    return this.#state.of(resource, await this.observe());
  }

  /** Adds to a comparison the details that only people need. */
  async #assessForPeople(program: ProgramView, observation: Observation): Promise<Assessment> {
    const first = await this.#assessProgram(program, observation);
    const uses = await entriesInUse(first, this.#ask);
    const assessment = uses ? await this.#assessProgram(program, observation, uses) : first;
    this.#lasting = [...this.#lasting, ...assessment.plan.findings.filter(isLasting)];
    return addPreviewDetails(assessment, this.#ask);
  }

  #assessProgram(program: ProgramView, observation: Observation, uses?: Uses): Promise<Assessment> {
    if (this.#answers?.of !== observation) this.#answers = { of: observation, answers: noAnswers() };
    const context = { ...this.#jail, use: this.#ask, ...this.#answers.answers };
    return assess(program, uses ? { ...observation, uses } : observation, context);
  }

  /** Looks once an observation which processes run in the jail. After a failure the next question looks again. */
  running(): Promise<Running> {
    const running = this.#running ?? this.#ask((agent) => processesOf(agent));
    this.#running = running;
    running.catch(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }

  /** Gives the changes in a text, line by line; none where they cannot be told. */
  changedLines(difference: Difference, assessment: Assessment): Promise<string[]> {
    const content = this.#contents.get(difference.owner.label);
    return lineDiff(difference, assessment, content, this.#ask).catch(() => []);
  }

  /** Notes a resource that is being checked, with the content of its file. */
  declare(declaration: Declaration, urn: string | undefined, content: Content | undefined): void {
    this.program.declare(declaration, urn);
    if (content) this.#contents.set(declaration.owner.label, content);
  }

  /** Makes the host as one resource declares it. */
  converge(
    declaration: Declaration,
    { isStale = false, isCommandSecret = false }: { isStale?: boolean; isCommandSecret?: boolean } = {},
  ): Promise<Outcome> {
    this.program.noteBegun(declaration.owner.token ?? "");
    const delivered = deliveredResource(declaration, this.#contents.get(declaration.owner.label), isCommandSecret);
    return new Promise((resolve) => {
      this.#queue.add({ declaration, isStale, delivered, resolve, recorded: false });
    });
  }

  async #run(queue: Queue, jobs: readonly Job[]): Promise<void> {
    const attempt = async () => {
      throwIfStopped(this.#jail);
      return converge(this.#jail, queue, jobs, { ...this.#agentOptions, lasting: this.#lasting });
    };
    try {
      const { assessment, known, running } = await this.#agentOptions.leftOut.around(attempt);
      this.#observation = Promise.resolve(assessment.observation);
      this.#answers = { of: assessment.observation, answers: known };
      this.#running = running;
      this.#lease = this.#newLease(); // The agent before remembers the host as it was.
    } catch (error) {
      this.#observation = undefined; // The run may have got anywhere: look again.
      throw error;
    }
  }

  /** Gives the token of a resource that is created. */
  newToken(urn: string | undefined): Promise<string> {
    return tokenFor(urn, () => this.observe());
  }

  /** Removes a resource's record, and everything that the resource has made. */
  async forget(token: string): Promise<void> {
    throwIfStopped(this.#jail);
    await forget(this.#jail, token, () => this.program.view());
    this.#observation = undefined;
  }
}
