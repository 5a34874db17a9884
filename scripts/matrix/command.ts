import { spawn } from "node:child_process";

/** Where a command of a user runs. */
export interface Shell {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
}

/** No command of a cell takes as long. */
const limit = 600_000;

/** Runs a command and gives its output; throws if it fails. */
export function run({ directory, env }: Shell, [command = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"], timeout: limit });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${[command, ...args].join(" ")} ended with ${code}\n${output}`));
    });
  });
}
