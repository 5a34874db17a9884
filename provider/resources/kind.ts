import type { z } from "zod";
import type { Declaration, Kind } from "../intent/declaration";
import type { Command, FileClaim } from "../intent/file-claim";
import type { Connection } from "../model/connection";
import type { Principals } from "../model/entry";
import type { Launch } from "../model/launch";
import type { Observation } from "../observe/observation";
import type { Plan } from "../plan/plan";

/** Commands of a resource. */
export interface Commands {
  /** Has to accept a file before it is put in place; its words may have placeholders for the file. */
  readonly validate?: Command;
  /** Make a change count, one after the other. */
  readonly onChange?: readonly Command[];
}

/** What starts a daemon in its jail, and where it is written. */
export interface Started {
  readonly launch: Launch;
  readonly form: "script" | "systemd";
  /** On the host. */
  readonly path: string;
}

/** Everything that a kind of resource means to the handlers. A fifth kind is a folder here and a line in `kinds.ts`. */
export interface ResourceKind extends Kind {
  /** The one source of its types, its checks and its schema. */
  readonly schema: z.ZodType<Readonly<Record<string, unknown>>>;
  /** Names of its arguments. */
  readonly keys: readonly string[];
  /**
   * What it puts into the jail, and onto its host; nothing where it is left out. Without the host's `principals` a content that
   * has their numbers in it is not known.
   */
  files?(declaration: Declaration, jail: { readonly root: string; readonly principals?: Principals }): FileClaim[];
  /** Why it cannot be had on a host with these users and groups. */
  problems?(declaration: Declaration, principals: Principals): string[];
  /** What it starts a daemon with; undefined where not all of it is known. */
  started?(
    declaration: Declaration,
    on: { readonly jail: Declaration | undefined; readonly root: string; readonly principals: Principals },
  ): Started | undefined;
  /** What it runs on the host; nothing where it is left out. */
  commands?(args: Readonly<Record<string, unknown>>): Commands;
  /** Where the jail is. The arguments have been checked. */
  site(args: Readonly<Record<string, unknown>>): { connection: Connection; root: string };
  /** The arguments that go into its record: all but the connection. */
  recorded(args: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Properties whose change makes it another resource. */
  replacedBy(olds: Readonly<Record<string, unknown>>, news: Readonly<Record<string, unknown>>): string[];
  /** Outputs beside the inputs; `processes` are findings about who runs in the jail, in words. */
  outputs(observation: Observation, plan: Plan, processes: readonly string[]): Record<string, unknown>;
}
