import * as pulumi from "@pulumi/pulumi";
import { Jail, JailFile, PermissionRule, Wrapper } from "../../provider/index";
import type { LabHost } from "../support/sshd";
import type { OracleProgram } from "./program";

export type Values = Record<string, unknown>;

/** One resource as its class hands it to the engine. */
export interface Registered {
  readonly kind: "Jail" | "PermissionRule" | "JailFile" | "Wrapper";
  readonly name: string;
  readonly label: string;
  readonly inputs: Values;
}

let registered: Registered[] | undefined;
let isMocked = false;

/** Runs the program's real classes with a mock engine that only notes its inputs; the Jail comes first. */
export async function inputsOf(host: LabHost, program: OracleProgram): Promise<Registered[]> {
  await mock();
  const found: Registered[] = [];
  registered = found;
  const connection = { ...host.connection };
  const { jail: args, rules, files, wrappers } = program;
  const jail = new Jail("jail", { ...args, connection } as ConstructorParameters<typeof Jail>[1]);
  for (const [name, rule] of Object.entries(rules)) new PermissionRule(name, { ...rule, jail });
  for (const [name, file] of Object.entries(files))
    new JailFile(name, { ...file, jail } as ConstructorParameters<typeof JailFile>[1]);
  for (const [name, wrapper] of Object.entries(wrappers))
    new Wrapper(name, { ...wrapper, jail } as unknown as ConstructorParameters<typeof Wrapper>[1]);
  const wanted = 1 + [rules, files, wrappers].reduce((sum, one) => sum + Object.keys(one).length, 0);
  while (found.length < wanted) await new Promise((resolve) => setTimeout(resolve, 1));
  const rank = ({ kind }: Registered) => (kind === "Jail" ? 0 : 1);
  return found.sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
}

async function mock(): Promise<void> {
  if (isMocked) return;
  isMocked = true;
  await pulumi.runtime.setMocks(
    {
      newResource({ name, inputs, type }) {
        const kind = type.split(":").at(-1) as Registered["kind"];
        registered?.push({ kind, name, label: `${kind}::${name}`, inputs: opened(inputs) as Values });
        return { id: name, state: inputs };
      },
      call: () => ({}),
    },
    "oracle",
    "dev",
    false,
  );
}

/** Values out of the marks that they are secrets. */
function opened(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  const object = value as Values;
  if ("4dabf18193072939515e22adb298388d" in object) return opened(object["value"]);
  const entries = Object.entries(object).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, opened(one)]));
}
