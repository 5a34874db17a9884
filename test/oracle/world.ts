import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { LabHost } from "../support/sshd";
import { isExcluded } from "./owners";
import { type OracleProgram, root } from "./program";

/**
 * The jail and its links and launchers as the machine's own tools see them, a line each: the second opinion beside the
 * product's scan. Contents of writable directories are the daemon's, and what is excluded is another tool's.
 */
export function worldOf(host: LabHost, program: OracleProgram): string[] {
  const at = host.path(root);
  const run = (command: string) => execFileSync("sh", ["-c", command, "sh", at], { encoding: "latin1" });
  const look = String.raw`cd "$1" && find . -printf '%P\t%y %m %U:%G %l\n' && find . -type f -links 1 -exec sha256sum {} + |
    sed -n 's/^\([0-9a-f]*\)  \.\/\(.*\)/\2\tsum \1/p' && getfacl -RPpsn . | awk 'BEGIN { RS = ""; FS = "\n" }
    { name = substr($1, 9); line = ""; for (i = 4; i <= NF; i++) line = line " " $i; print name "\tacl" line }' &&
    getcap -r . | sed 's/^\(\.\/\)*\([^ ]*\) /\2\tcaps /'`;
  const outside = [
    ...Object.values(program.files).flatMap(({ hostLink }) => hostLink ?? []),
    ...Object.values(program.wrappers).map(({ path }) => path),
  ].map((path) =>
    run(`stat -c '%n %F %a %u:%g %N' '${host.path(path)}' 2>&1 || :; cat '${host.path(path)}' 2>/dev/null | sha256sum`),
  );
  const isOurs = (path: string) =>
    path !== ".pulumi-chroot" &&
    !path.startsWith(".pulumi-chroot/") &&
    !isExcluded(program, path) &&
    !program.writable.some((directory) => path.startsWith(`${directory}/`));
  const mounted = readFileSync(`/proc/${host.pid}/mountinfo`, "latin1")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , , , point = ""]) => point.startsWith(`${root}/`))
    .map(([, , , , point = "", limits]) => `${point.slice(root.length + 1)}\tmounted ${limits}`);
  const lines = run(look)
    .split("\n")
    .filter((line) => isOurs((line.split("\t")[0] ?? "").replace(/^\.\//, "")));
  return [...lines, ...mounted, ...outside].sort();
}
