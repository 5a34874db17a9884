import { appendFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import type { LabAccount } from "../../scripts/lab/accounts";
import { requireLab } from "../../scripts/lab/requirements";
import { type LabHost, startHost } from "./sshd";
import { type Stack, startStack } from "./stack";

interface Options {
  /** Programs of the machine without which the tests cannot run. */
  readonly tools: readonly string[];
  readonly accounts: Readonly<Record<string, LabAccount>>;
  /** The values that `pulumi config set` would set, beside `host` and `port`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Runs the program by Pulumi's language host, as a user does; the default serves it from the test's process, at half the CPU. */
  readonly languageHost?: boolean;
}

/** An example's program in a project of its own, and the host that it is about. */
export interface Example {
  readonly host: LabHost;
  readonly stack: Stack;
}

const examples = join(__dirname, "..", "..", "..", "examples");

/** Copies an example as a user would, and starts a host for it; both go with the tests. To be called in a describe. */
export function useExample(name: string, { tools, accounts, config = {}, languageHost = false }: Options): Example {
  let host: LabHost | undefined;
  let stack: Stack | undefined;
  beforeAll(async () => {
    requireLab(tools);
    host = await startHost({ accounts });
    stack = await startStack({ project: name });
    for (const file of readdirSync(join(examples, name)))
      cpSync(join(examples, name, file), join(stack.directory, file));
    if (!languageHost) stack.serveTypeScript();
    // A user's usual home: the key in ~/.ssh, the host's key in known_hosts, nothing in the configuration.
    const ssh = join(stack.directory, "home", ".ssh");
    mkdirSync(ssh, { mode: 0o700 });
    writeFileSync(join(ssh, "id_ed25519"), host.privateKey, { mode: 0o600 });
    writeFileSync(join(ssh, "known_hosts"), `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
    const values = { host: "127.0.0.1", port: `${host.port}`, ...config };
    const lines = Object.entries(values).map(([key, value]) => `  ${name}:${key}: ${JSON.stringify(value)}\n`);
    appendFileSync(join(stack.directory, "Pulumi.dev.yaml"), `config:\n${lines.join("")}`);
  });
  afterAll(async () => {
    stack?.remove();
    await host?.close();
  });
  const made = <T>(value: T | undefined): T => {
    if (!value) throw new Error("host and stack are there when the tests run");
    return value;
  };
  return {
    get host() {
      return made(host);
    },
    get stack() {
      return made(stack);
    },
  };
}
