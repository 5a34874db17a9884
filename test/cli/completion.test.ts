import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { Command } from "commander";
import { completionScript } from "../../provider/cli/completion";

const program = new Command("pulumi-chroot").option("--version", "show the version");
program.command("drift").summary("report the drift").option("--html <file>", "the admin's page");
program.command("rollout").summary("roll out").option("--plan", "only show the plan");

/** The words that bash offers after a line. */
function bashWords(...line: string[]): string[] {
  const script = `${completionScript(program, "bash")}
COMP_WORDS=(${line.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${line.length - 1}
_pulumi_chroot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe("completion", () => {
  test("offers bash the commands, and then their options", () => {
    expect(bashWords("pulumi-chroot", "")).toStrictEqual(["drift", "rollout", "--version", "--help"]);
    expect(bashWords("pulumi-chroot", "ro")).toStrictEqual(["rollout"]);
    expect(bashWords("pulumi-chroot", "rollout", "--")).toStrictEqual(["--plan", "--help"]);
    expect(bashWords("pulumi-chroot", "drift", "--h")).toStrictEqual(["--html", "--help"]);
  });

  test("is a script that fish reads", () => {
    const script = `${completionScript(program, "fish")}complete -C 'pulumi-chroot drift --h'\n`;
    const ran = spawnSync("fish", ["--no-config", "-c", script], { encoding: "utf8" });
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toBe("--help\tshow the help\n--html\tthe admin's page\n");
  });

  test("quotes for zsh", () => {
    expect(completionScript(program, "zsh")).toContain(`'--html:the admin'\\''s page'`);
  });
});
