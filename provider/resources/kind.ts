import type { z } from "zod";
import type { Kind } from "../intent/declaration";
import type { Connection } from "../model/connection";
import type { Observation } from "../observe/observation";
import type { Plan } from "../plan/plan";

/** Everything that a kind of resource means to the handlers. A fifth kind is a folder here and a line in `kinds.ts`. */
export interface ResourceKind extends Kind {
  /** The one source of its types, its checks and its schema. */
  readonly schema: z.ZodType<Readonly<Record<string, unknown>>>;
  /** Names of its arguments. */
  readonly keys: readonly string[];
  /** Where the jail is. The arguments have been checked. */
  site(args: Readonly<Record<string, unknown>>): { connection: Connection; root: string };
  /** The arguments that go into its record: all but the connection. */
  recorded(args: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Properties whose change makes it another resource. */
  replacedBy(olds: Readonly<Record<string, unknown>>, news: Readonly<Record<string, unknown>>): string[];
  /** Outputs beside the inputs. */
  outputs(observation: Observation, plan: Plan): Record<string, unknown>;
}
