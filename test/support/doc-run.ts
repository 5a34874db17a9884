import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, test } from "@jest/globals";
import ts from "typescript";
import { findTool } from "../../scripts/lab/requirements";
import { type Block, blocksOf, commandsOf, patternOf, type Shown } from "./doc-page";
import { type HostOptions, type LabHost, startHost } from "./sshd";
import { type Stack, startStack } from "./stack";

/** The hosts of a page, by the names that it uses. */
type Hosts = Readonly<Record<string, HostOptions>>;

interface Scene {
  readonly stack: Stack;
  readonly hosts: ReadonlyMap<string, LabHost>;
}

/**
 * Does what a page of docs/ says, from its top to its end: files become files of a project, and each command of a `console`
 * block runs, with `pulumi`, `ssh` and the hosts as a reader has them. The page must show its output. `before` makes the hosts
 * as the page's reader finds them.
 */
export function testPage(
  page: string,
  { hosts, project = "jails", before }: { hosts: Hosts; project?: string; before?: (scene: Scene) => Promise<unknown> },
): void {
  describe(`docs/${page}`, () => {
    const started = new Map<string, LabHost>();
    let stack: Stack;
    beforeAll(async () => {
      for (const [name, options] of Object.entries(hosts)) started.set(name, await startHost(options));
      stack = await startStack({ project, stack: "prod" });
      makeHome(stack, started);
      await before?.({ stack, hosts: started });
    });
    afterAll(async () => {
      stack?.remove();
      await Promise.all([...started.values()].map((host) => host.close()));
    });

    test("shows the output of its commands", () => {
      for (const block of blocksOf(page)) {
        if (block.file !== "") writeBlock(stack, block);
        if (block.language === "console") for (const shown of commandsOf(block)) expectOutput(stack, page, shown);
      }
    });
  });
}

/** The reader's home: names of hosts in ssh's configuration, a key, known hosts; and short names for the tools. */
function makeHome({ directory, env }: Stack, hosts: ReadonlyMap<string, LabHost>): void {
  const ssh = join(directory, "home", ".ssh");
  mkdirSync(ssh, { mode: 0o700 });
  for (const [name, { port, privateKey, hostKey }] of hosts) {
    const key = join(ssh, `${name}.key`);
    writeFileSync(key, privateKey, { mode: 0o600 });
    appendFileSync(join(ssh, "known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`);
    appendFileSync(
      join(ssh, "config"),
      `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  User root\n  IdentityFile ${key}\n  UserKnownHostsFile ${join(ssh, "known_hosts")}\n`,
    );
  }
  const bin = join(directory, "home", "bin");
  mkdirSync(bin);
  // ssh reads the home of the account, and never HOME.
  script(bin, "ssh", `exec '${findTool("ssh")}' -F '${join(ssh, "config")}' -o LogLevel=ERROR "$@"`);
  const command = join(__dirname, "..", "..", "provider", "cli", "main.js");
  // `npx` would look into the registry for a package that is not installed by its name.
  script(bin, "npx", `shift; exec '${process.execPath}' '${command}' "$@"`);
  script(bin, "pulumi", `PATH=\${PATH#*:} exec pulumi "$@" --non-interactive --color never`);
  env["PATH"] = `${bin}${delimiter}${env["PATH"]}`;
}

function script(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

function writeBlock({ directory }: Stack, { file, text }: Block): void {
  // A fleet is no program of Pulumi's: the command compiles it.
  if (!file.endsWith(".ts") || file === "fleet.ts") {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
    return;
  }
  // Compiled here: the program runs with less than half the work, and Pulumi warns of a second form beside it.
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(text, { compilerOptions: options });
  writeFileSync(join(directory, file.replace(/\.ts$/, ".js")), outputText);
}

function expectOutput({ directory, env }: Stack, page: string, { command, output, line }: Shown): void {
  const ran = spawnSync("sh", ["-c", `exec 2>&1\n${command}`], { cwd: directory, env, encoding: "utf8" });
  const text = `${plain(ran.stdout, directory)}\n`.replace(/^\n+|(?<=\n)\n+$/g, "");
  if (!patternOf(output).test(text))
    throw new Error(`docs/${page}:${line}: $ ${command}\nprinted\n${text}and the page shows\n${output}`);
}

/** An output without the parts that differ from run to run: ports, the folder of the project, and the order of resources. */
function plain(text: string, directory: string): string {
  return (
    sortedDiagnostics(text)
      .replaceAll(directory, "/home/you/jails")
      .replace(/(\w@[\w.-]+):\d{4,5}\b/g, "$1")
      // Progress, which a look of two seconds and more shows.
      .replace(/^\d+ of \d+ hosts\n/gm, "")
      .split("\n")
      .map((each) => each.trimEnd())
      .join("\n")
  );
}

/** An output whose diagnostics are in the order of their headings: the engine prints resources in the order in which they spoke. */
function sortedDiagnostics(text: string): string {
  return text.replace(/(?<=^Diagnostics:\n)(?:(?: {2}.*)?\n)+/gm, (lines) => {
    const sections = lines.trimEnd().split(/\n+(?= {2}\S)/);
    return `${sections.sort().join("\n\n")}\n\n`;
  });
}
