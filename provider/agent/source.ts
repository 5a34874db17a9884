import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quarantineName, stagingName } from "../model/path";

/** Seconds after which an agent that holds a lock ends when nothing comes from us any more. */
const idle = 60;

/** Where a host's registry is: a directory for each root, root:root 0700. */
const registryHome = "/var/lib/pulumi-chroot";
let program: string | undefined;

/** Plain shell beside the compiled code, so that whoever audits the package reads what their hosts run: in order of names. */
export function readProgram(): string {
  const folder = join(__dirname, "..", "..", "..", "provider", "agent", "host");
  const files = readdirSync(folder).sort();
  return files.map((file) => readFileSync(join(folder, file), "latin1")).join("\n");
}

/** The program with its settings, which have the same length for every nonce. */
export function source(nonce: string): Buffer {
  program ??= readProgram();
  return Buffer.from(`${agentSettings(nonce)}\n${program}`, "latin1");
}

/** What the program expects to be set before it. */
export function agentSettings(nonce: string): string {
  return `NONCE=${nonce} REGISTRY_HOME=${registryHome} QUARANTINE=${quarantineName} STAGING=${stagingName} IDLE=${idle}`;
}
