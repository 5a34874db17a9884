import { spawn } from "node:child_process";
import type { LabRoot } from "../lab/root";
import { interruption } from "./interrupt";
import type { Project } from "./project";
import { colour, command, Output } from "./terminal";

/** A shown command's exit code and its whole output, without colours. */
export interface Shown {
  readonly code: number;
  readonly output: string;
}

/** Shows and runs a command of the Pulumi CLI. `input` is the content of the file behind `<` in `line`. */
export async function pulumi(project: Project, line: string, args: readonly string[], input = ""): Promise<Shown> {
  command("$", `pulumi ${line}`);
  const all = [...args, "--color", colour ? "always" : "never"];
  // stdout and stderr share a pipe, as on a terminal: the engine's log lines belong between the lines of the diff.
  const child = spawn("sh", ["-c", 'exec pulumi "$@" 2>&1', "sh", ...all], {
    cwd: project.directory,
    env: project.env,
    stdio: ["pipe", "pipe", "inherit"],
    // Detached, because the demo itself passes Ctrl-C on.
    detached: true,
  });
  interruption.addEventListener("abort", project.kill);
  const output = new Output();
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.add(text));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve(status ?? 1));
    });
    interruption.throwIfAborted();
    return { code, output: output.end() };
  } finally {
    interruption.removeEventListener("abort", project.kill);
  }
}

/** Shows and runs a command as root on the host. */
export async function onHost(root: LabRoot, line: string): Promise<Shown> {
  command("ns1#", line);
  const { code, stdout, stderr } = await root.sh(line, { cwd: "/root" });
  interruption.throwIfAborted();
  const output = new Output();
  output.add(stdout + stderr);
  return { code, output: output.end() };
}
