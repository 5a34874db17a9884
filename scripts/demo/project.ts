import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { signalAll } from "../lab/processes";

const checkout = join(__dirname, "..", "..", "..");
const { pulumiPath } = require(join(checkout, "scripts", "pulumi-bin.js")) as { pulumiPath(): string };

/** A copy of the example in a new folder, and the environment that keeps the Pulumi CLI inside it. */
export interface Project {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** Kills the CLI and every process that it started. */
  kill(): void;
}

/**
 * Makes the project below the checkout's ignored cache, where Node.js finds `pulumi-chroot` and the SDK and git sees no change.
 * Removes it when this process exits.
 */
export function makeProject(): Project {
  const cache = join(checkout, ".cache");
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(cache, `demo-${process.pid}-`));
  // Finds processes by their environment, because the CLI puts each plugin into a new process group.
  const kill = () => killAll(`PULUMI_HOME=${home}`);
  process.once("exit", () => {
    kill();
    rmSync(home, { recursive: true, force: true });
  });
  const directory = join(home, "named");
  for (const folder of ["named", "state", "tmp"]) mkdirSync(join(home, folder));
  const example = join(checkout, "examples", "named");
  for (const file of readdirSync(example)) copyFileSync(join(example, file), join(directory, file));
  return { directory, env: environment(home), kill };
}

function environment(home: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
  return {
    ...Object.fromEntries(own),
    PATH: `${pulumiPath()}:${process.env["PATH"] ?? ""}`,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // A killed CLI or ts-node leaves its temporary files behind.
    TMPDIR: join(home, "tmp"),
  };
}

function killAll(variable: string): void {
  // Repeats: a process may fork during the kill, and a killed process stays listed until it is reaped.
  for (let pids = withVariable(variable); pids.length > 0; pids = withVariable(variable)) signalAll(pids, "SIGKILL");
}

function withVariable(variable: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && environ(name).includes(variable))
    .map(Number);
}

/** The variables that a process was started with; a zombie has none. */
function environ(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return []; // ended meanwhile
  }
}
