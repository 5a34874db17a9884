import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { compileProgram } from "./compiled-program";
import { serveProgram } from "./inline-program";
import { type Declared, declared, fill, type Program } from "./program";

/** How one command of the CLI ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for a search that does not care. */
  readonly output: string;
}

/** The output of `pulumi preview --json`. */
interface Preview extends Ran {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly { readonly urn?: string; readonly message?: string; readonly severity?: string }[];
  readonly changeSummary: Readonly<Record<string, number>>;
}

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: Resource;
  readonly newState?: Resource;
  readonly detailedDiff: Readonly<Record<string, { readonly kind: string }>> | null;
}

/** A resource in the state. */
interface Resource {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly deletedWith?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A project with one stack, on the real CLI, with the state in a file. */
export interface Stack {
  /** The project's folder. */
  readonly directory: string;
  /** The CLI gets these beside the machine's variables; they may be changed. `HOME` is an empty folder, so that no real keys count. */
  readonly env: Record<string, string>;
  /** Makes this the program. It is written into a file, and knows only its arguments. */
  program<G>(program: Program<G>, given?: G): void;
  /** Compiles the TypeScript program of the project's folder, and serves it from then on. */
  serveTypeScript(): void;
  /** {@link program} with the plain jails and rules of `all`, in their order. */
  declare(all: Declared): void;
  /** Any command, such as `stack ls`. */
  pulumi(...args: string[]): Promise<Ran>;
  preview(...flags: string[]): Promise<Ran>;
  /** `preview --json`, read. */
  json(...flags: string[]): Promise<Preview>;
  /** Without the preview that belongs to an interactive `up`. */
  up(...flags: string[]): Promise<Ran>;
  refresh(...flags: string[]): Promise<Ran>;
  destroy(...flags: string[]): Promise<Ran>;
  rename(name: string): Promise<Ran>;
  /** The state as it is stored, secrets as ciphertext; empty before the first `up`. */
  stateText(): string;
  resources(): Resource[];
  /** The resource of this name in the state. */
  resource(name: string): Resource;
  remove(): void;
}

const checkout = join(__dirname, "..", "..", "..");
// Plain JavaScript, which is not compiled: it is where the sources are.
const { pulumiPath } = require(join(checkout, "scripts", "pulumi-bin.js")) as { pulumiPath(): string };

interface StackOptions {
  readonly project?: string;
  readonly stack?: string;
  /** The stack whose backend this one shares. */
  readonly backend?: Stack;
  /** Milliseconds after which a command is interrupted. Default: two minutes. */
  readonly commandLimit?: number;
}

/** Starts a stack in a project of its own; {@link Stack.remove} removes all its files. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { project = "e2e", stack: first = "dev", backend, commandLimit = 120_000 } = options;
  // Outside the checkout, where each command of the CLI would ask git for its state.
  const directory = mkdtempSync(join(tmpdir(), "chroot-stack-"));
  symlinkSync(join(checkout, "node_modules"), join(directory, "node_modules"));
  const state = join(backend?.directory ?? directory, "state");
  for (const name of ["state", "pulumi", "home"]) mkdirSync(join(directory, name));
  const runtime = "{ name: nodejs, options: { typescript: false } }";
  writeFileSync(join(directory, "Pulumi.yaml"), `name: ${project}\nruntime: ${runtime}\n`);
  // Else the checkout's own package.json would name the program.
  writeFileSync(join(directory, "package.json"), '{ "private": true }\n');

  let name = first;
  const env = environment(directory, state);
  const pulumi = (...args: string[]) =>
    run([...args, "--non-interactive", "--color", "never"], { directory, env, commandLimit });
  let isInline = false;
  // Any other program runs as a user's does, by Pulumi's language host.
  const withProgram = async (...args: string[]) => {
    if (!isInline) return pulumi(...args);
    const { flags, close } = await serveProgram(directory);
    return pulumi(...args, ...flags).finally(close);
  };
  const checkpoint = () => join(state, ".pulumi", "stacks", project, `${name}.json`);
  const resources = (): Resource[] => {
    const { checkpoint: stored } = JSON.parse(readFileSync(checkpoint(), "utf8"));
    return stored.latest?.resources ?? [];
  };
  const stack: Stack = {
    directory,
    env,
    program(program, given) {
      const text = `module.exports = () => (${program})(require("pulumi-chroot"), require("./given.json"), require("@pulumi/pulumi"));\n`;
      writeFileSync(join(directory, "given.json"), JSON.stringify(given ?? {}));
      writeFileSync(join(directory, "index.js"), text);
      isInline = true;
    },
    serveTypeScript() {
      compileProgram(directory);
      isInline = true;
    },
    declare: (all) => stack.program(declared, fill(all)),
    pulumi,
    preview: (...flags) => withProgram("preview", ...flags),
    async json(...flags) {
      const ran = await withProgram("preview", "--json", ...flags);
      if (!ran.stdout.startsWith("{")) throw new Error(`no JSON from pulumi preview --json:\n${ran.output}`);
      return { ...ran, diagnostics: [], steps: [], changeSummary: {}, ...JSON.parse(ran.stdout) };
    },
    up: (...flags) => withProgram("up", "--yes", "--skip-preview", ...flags),
    refresh: (...flags) => pulumi("refresh", "--yes", "--skip-preview", ...flags),
    destroy: (...flags) => pulumi("destroy", "--yes", "--skip-preview", ...flags),
    async rename(to) {
      const ran = await pulumi("stack", "rename", to);
      if (ran.code === 0) name = to;
      return ran;
    },
    stateText: () => readFileSync(checkpoint(), "utf8"),
    resources,
    resource(wanted) {
      const found = resources().find(({ urn }) => urn.endsWith(`::${wanted}`));
      if (!found) throw new Error(`no resource ${wanted} in the state`);
      return found;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
  const made = await pulumi("stack", "init", name);
  if (made.code !== 0) throw new Error(made.output);
  return stack;
}

/** The machine's environment without variables that would mislead a test, and with the ones that a CLI without a network needs. */
function environment(directory: string, state: string): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(PULUMI_|SSH_AUTH_SOCK$)/.test(key));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PATH: [pulumiPath(), dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: join(directory, "home"),
    PULUMI_HOME: join(directory, "pulumi"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "e2e",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // `npm run typecheck` checks the types of the examples once.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    NODE_OPTIONS: `--require="${join(__dirname, "defer-libraries.js")}"`,
  };
}

interface Where {
  readonly directory: string;
  readonly env: Record<string, string>;
  readonly commandLimit: number;
}

function run(args: readonly string[], { directory, env, commandLimit }: Where): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => child.kill("SIGINT"), commandLimit);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, stdout, stderr, output: stdout + stderr });
    });
  });
}
