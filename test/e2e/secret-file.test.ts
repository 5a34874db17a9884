import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { hostProcesses } from "../../scripts/lab/processes";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import type { Program } from "../support/program";

// In parts: a search for it must not find itself.
const canary = ["canary", "e41c09"].join("-");
const texts = [`key ${canary} one\n`, `key ${canary} second\n`] as const;

interface Given {
  readonly jail: object;
  readonly texts: readonly string[];
  readonly validate?: string[];
  /** No secret any more. */
  readonly isPlain?: boolean;
}

const program: Program<Given> = ({ Jail, JailFile }, { jail, texts: [content = "", text = ""], ...given }, sdk) => {
  const { validate, isPlain = false } = given;
  const user = { user: "www", group: "www" };
  const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
  const named = new Jail("app", { ...user, baseline, ...jail } as ConstructorParameters<typeof Jail>[1]);
  const more = { jail: named, reason: "a test", ...(validate ? { validate } : {}) };
  new JailFile("key", { ...more, path: "etc/key", mode: "0644", content: isPlain ? content : sdk.secret(content) });
  new JailFile("asset", { ...more, path: "etc/asset", source: sdk.secret(new sdk.asset.StringAsset(text)) });
};

describe("a secret content", () => {
  const lab = useLab();
  const told = texts.flatMap((text) => [canary, createHash("sha256").update(text).digest("hex").slice(0, 8)]);
  const tellsNothing = (text: string, what: string) => {
    for (const one of told) assert.ok(!text.includes(one), `${one} in ${what}`);
  };

  test("is in the file on the host, and nowhere else", async () => {
    const stack = await lab.stack();
    const given: Given = { jail: lab.jail("/srv/secret"), texts };
    stack.program(program, given);
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
    stack.program(program, { ...given, validate });
    const refused = failed(await stack.up());
    expect(refused).toMatch(/its output is not shown, as the content is a secret/);
    tellsNothing(refused, "the error of a validator that prints the file");
    expect(await lab.host.must("cat /srv/secret/etc/key")).toBe("other\n");
    tellsNothing(stack.stateText(), "the state after an error");

    stack.program(program, given);
    ok(await stack.up());
    tellsNothing(ok(await stack.refresh("--diff")), "refresh");
    expect(await found()).toBe(`/srv/secret/etc/asset\n/srv/secret/etc/key\n${await backup()}`);
    expect(await lab.host.must("stat -c '%u %a' /var/lib/pulumi-chroot /var/lib/pulumi-chroot/*")).toBe(
      "0 700\n0 700\n",
    );
  });

  test("is not shown when it becomes a plain one", async () => {
    const stack = await lab.stack();
    const given: Given = { jail: lab.jail("/srv/plain"), texts };
    stack.program(program, given);
    ok(await stack.up());
    stack.program(program, { ...given, texts: ["plain text of another size\n", texts[1]], isPlain: true });
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/0644 content differs => 0644 as declared/);
    const up = ok(await stack.up("--diff"));
    for (const output of [preview, up]) {
      tellsNothing(output, "what is shown");
      expect(output).not.toMatch(/\d+ bytes|sha256:/);
    }
    ok(await stack.preview("--expect-no-changes"));
    await lab.host.must("echo other >/srv/plain/etc/key");
    expect(ok(await stack.preview())).toMatch(/-other\n.*\+plain text of another size/);
  });

  /** The copy of the previous file, which had the secret in it. */
  async function backup(): Promise<string> {
    const { stdout } = await lab.host.sh(`grep -rls ${canary} /var/lib/pulumi-chroot/*/backup`);
    expect(stdout.trim().split("\n").length).toBe(1);
    return stdout;
  }
});

describe("a secret in a command", () => {
  const lab = useLab();

  test("is given to the command, and told by no error and no mistake", async () => {
    const stack = await lab.stack();
    const declare = (validate: readonly string[], onChange: readonly string[]) =>
      stack.program<{ jail: object; validate: readonly string[]; onChange: readonly string[] }>(
        ({ Jail, JailFile }, given, sdk) => {
          const user = { user: "www", group: "www" };
          const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
          const jail = new Jail("app", { ...user, baseline, ...given.jail } as ConstructorParameters<typeof Jail>[1]);
          const words = (argv: readonly string[]) => argv.map((word, index) => (index === 2 ? sdk.secret(word) : word));
          const commands = { validate: words(given.validate), onChange: words(given.onChange) };
          new JailFile("key", { jail, path: "etc/key", content: "x", ...commands, reason: "a test" });
        },
        { jail: lab.jail("/srv/command"), validate, onChange },
      );
    const right = ["sh", "-c", `: ${canary}`, "{file}"];
    const failing = ["sh", "-c", `: ${canary}; echo "$0 said"; echo ${canary}; exit 3`, "{file}"];
    declare(right, failing);
    const changed = failed(await stack.up());
    expect(changed).toMatch(/: sh … has failed: exit status 3 \(its output is not shown, as the command is a secret\)/);
    declare(failing, right);
    const refused = failed(await stack.up());
    expect(refused).toMatch(/etc\/key: cannot be put in place: sh … refuses it, exit status 3 \(its output is not/);
    declare(right.slice(0, 3), right);
    const mistaken = failed(await stack.preview());
    expect(mistaken).toMatch(/validate: names no file/);
    declare(right, right);
    const up = ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
    for (const output of [changed, refused, mistaken, up, stack.stateText()])
      assert.ok(!output.includes(canary), output);
  });
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
