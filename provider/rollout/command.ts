import { spawn } from "node:child_process";
import { PulumiCommand } from "@pulumi/pulumi/automation";

/** The end of a command that failed: `text` is its stderr. */
export class CommandFailure extends Error {
  readonly text: string;

  constructor(args: readonly string[], text: string, code: number | null) {
    super(text.trim() === "" ? `pulumi ${args[0]} ended with ${code ?? "a signal"}` : text);
    this.text = text;
  }
}

/** Pulumi's CLI. */
export interface Cli {
  /** The same for the SDK. */
  readonly sdk: PulumiCommand;
  /** Rejects with a {@link CommandFailure}. */
  run(args: readonly string[], cwd: string): Promise<unknown>;
}

/**
 * The CLI, whose version is checked once. Commands run in a process group of their own: a Ctrl-C is for this process, which lets
 * them finish. The CLI sends the course of a run to us by its event log, so its output is not kept.
 */
export async function findCli(): Promise<Cli> {
  const { command, version } = await PulumiCommand.get();
  const run = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) =>
    runDetached(command, args, { cwd, env });
  // The SDK asks nothing else of it.
  return { sdk: { command, version, run } as unknown as PulumiCommand, run };
}

function runDetached(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env: { ...process.env, ...env, PULUMI_AUTOMATION_API: "true" },
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      // The first lines name the reason, and a provider may write without end.
      if (stderr.length < 100_000) stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ stdout: "", stderr, code });
      else reject(new CommandFailure(args, stderr, code));
    });
  });
}
