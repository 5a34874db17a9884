import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { hostProcesses } from "../../scripts/lab/processes";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import { canary, type SecretFiles, secretFiles, tellsNothing, texts } from "../support/secret-files";

describe("a secret content", () => {
  const lab = useLab();

  test("is in the file on the host, and nowhere else", async () => {
    const stack = await lab.stack();
    const given: SecretFiles = { jail: lab.jail("/srv/secret"), texts };
    stack.program(secretFiles, given);
    tellsNothing(ok(await stack.preview("--diff")), "preview");
    const seen = new Set<string>();
    const sampler = setInterval(() => sample(lab.host.pid, seen), 2);
    // Not with --debug: Pulumi's own SDK logs the inputs of every resource then, secrets too.
    const up = ok(await stack.up());
    clearInterval(sampler);
    assert.ok(
      [...seen].some((words) => words.includes("dd")),
      "something was sampled",
    );
    tellsNothing([...seen].join("\n"), "a process");
    tellsNothing(up, "up");
    tellsNothing(stack.stateText(), "the state");
    tellsNothing(ok(await stack.pulumi("stack", "output", "--json")), "outputs");
    const places = "/srv /var /etc /root /tmp /run /opt /dev/shm";
    const found = () => lab.host.sh(`grep -rlsI ${canary} ${places} | sort`).then(({ stdout }) => stdout);
    expect(await found()).toBe("/srv/secret/etc/asset\n/srv/secret/etc/key\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);

    await lab.host.must("cd /srv/secret/etc; echo other >key; echo more-of-it >>asset");
    const changed = ok(await stack.preview("--diff"));
    expect(shownDrift(changed, "key")).toStrictEqual({ "etc/key": "0644 content differs => 0644 as declared" });
    expect(shownDrift(changed, "asset")).toStrictEqual({ "etc/asset": "content differs => as declared" });
    tellsNothing(changed, "preview --diff");
    expect(changed).not.toMatch(/\d+ bytes/);
    tellsNothing((await stack.json()).output, "preview --json");

    const validate = ["sh", "-c", 'cat "$0"; cat "$0" >&2; exit 1', "{file}"];
    stack.program(secretFiles, { ...given, validate });
    const refused = failed(await stack.up());
    expect(refused).toMatch(/its output is not shown, as the content is a secret/);
    tellsNothing(refused, "the error of a validator that prints the file");
    expect(await lab.host.must("cat /srv/secret/etc/key")).toBe("other\n");
    tellsNothing(stack.stateText(), "the state after an error");

    stack.program(secretFiles, given);
    ok(await stack.up());
    tellsNothing(ok(await stack.refresh("--diff")), "refresh");
    expect(await found()).toBe(`/srv/secret/etc/asset\n/srv/secret/etc/key\n${await backup()}`);
    expect(await lab.host.must("stat -c '%u %a' /var/lib/pulumi-chroot /var/lib/pulumi-chroot/*")).toBe(
      "0 700\n0 700\n",
    );
  });

  /** The copy of the previous file, which had the secret in it. */
  async function backup(): Promise<string> {
    const { stdout } = await lab.host.sh(`grep -rls ${canary} /var/lib/pulumi-chroot/*/backup`);
    expect(stdout.trim().split("\n").length).toBe(1);
    return stdout;
  }
});

/** Reads the command lines, which anybody can see, and the environments, which root can see. */
function sample(pid: number, seen: Set<string>): void {
  for (const process of hostProcesses(pid))
    for (const file of ["cmdline", "environ"])
      try {
        seen.add(readFileSync(`/proc/${process.pid}/${file}`, "latin1").replaceAll("\0", " "));
      } catch {
        // It has ended.
      }
  for (const file of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      seen.add(readFileSync(`/proc/${file}/cmdline`, "latin1").replaceAll("\0", " "));
    } catch {
      // So has this one.
    }
}
