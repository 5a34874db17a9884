import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { findTool } from "../../scripts/lab/requirements";
import type { LabHost } from "./sshd";

const folder = join(__dirname, "..", "..", "..", "test");

/** Compiles a C program of the tests into a host, with the machine's libraries, which every lab host has. */
export function compileInto(host: LabHost, source: string, program: string): void {
  const compiler = findTool("cc");
  if (compiler === undefined) throw new Error(`${source} is a C program, and no C compiler (cc) is installed`);
  const options = ["-std=gnu11", "-pthread", "-O2", "-Wall", "-Wextra", "-Werror"];
  execFileSync(compiler, [...options, "-o", host.path(program), join(folder, source)]);
}
