import type { z } from "zod";
import type { ArgumentProblem } from "../intent/account-problem";
import type { Command } from "../intent/command";
import type { Declaration, Kind } from "../intent/declaration";
import type { FileClaim } from "../intent/file-claim";
import type { GivenContent } from "../model/asset";
import type { Bytes } from "../model/bytes";
import type { Connection } from "../model/connection";
import type { Principals } from "../model/entry";
import type { Launch } from "../model/launch";
import type { Observation } from "../observe/observation";

/** Commands of a resource. */
export interface Commands {
  /** Has to accept a file before it is put in place; its words may have placeholders for the file. */
  readonly validate?: Command;
  /** Make a change count, one after the other. */
  readonly onChange?: readonly Command[];
}

/** Texts for the outputs of a resource: its findings, and the limits of its host. */
interface OutputTexts {
  readonly findings: readonly string[];
  readonly limits: readonly string[];
}

/** A script or a unit on the host that starts a daemon. */
export interface Launcher {
  readonly form: "script" | "systemd";
  readonly path: string;
  readonly reason: string;
}

/** A launcher with how it starts its daemon. */
export interface Started extends Omit<Launcher, "reason"> {
  readonly launch: Launch;
}

/** A file that a resource declares. */
export interface DeclaredFile {
  /** In the jail. */
  readonly at: Bytes;
  readonly isSecret: boolean;
  /** The file of the host that it is kept equal to. */
  readonly hostFile?: Bytes;
}

/** Everything that a kind of resource means to the handlers. A fifth kind is a folder here and a line in `kinds.ts`. */
export interface ResourceKind extends Kind {
  /** The one source of its types, its checks and its schema. */
  readonly schema: z.ZodObject;
  /** Names of its arguments. */
  readonly keys: readonly string[];
  /**
   * The files that it puts into the jail and onto its host. Default none. Without the host's `principals` a content that
   * has their numbers in it is not known.
   */
  files?(declaration: Declaration, jail: { readonly root: string; readonly principals?: Principals }): FileClaim[];
  /** Why it cannot be had on a host with these users and groups. */
  problems?(declaration: Declaration, principals: Principals): ArgumentProblem[];
  /** How it starts a daemon; undefined while a part of that is unknown. */
  started?(
    declaration: Declaration,
    on: { readonly jail: Declaration | undefined; readonly root: string; readonly principals: Principals },
  ): Started | undefined;
  /** The commands that it runs on the host. Default none. */
  commands?(args: Readonly<Record<string, unknown>>): Commands;
  /** The content that the program gives for its file; undefined where the host has it. */
  content?(args: Readonly<Record<string, unknown>>): GivenContent | undefined;
  /** The argument that marks this content as a secret. */
  readonly secretMark?: string;
  /** The one file that it declares. */
  file?(args: Readonly<Record<string, unknown>>): DeclaredFile;
  /** The launcher that it writes. */
  launcher?(args: Readonly<Record<string, unknown>>): Launcher;
  /** Processes that are not as declared are drift, not findings. */
  failsOnStaleProcess?(args: Readonly<Record<string, unknown>>): boolean;
  /** Reads the kind's other arguments, and throws where they cannot be read. */
  readRest?(declaration: Declaration): void;
  /** Where the jail is. The arguments have been checked. */
  site(args: Readonly<Record<string, unknown>>): { connection: Connection; root: string };
  /** The arguments that go into its record: all but the connection. */
  recorded(args: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Properties whose change makes it another resource. */
  replacedBy(olds: Readonly<Record<string, unknown>>, news: Readonly<Record<string, unknown>>): string[];
  /** Outputs beside the inputs. */
  outputs(observation: Observation, texts: OutputTexts): Record<string, unknown>;
}
