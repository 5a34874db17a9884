import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { blocksOf } from "../support/doc-page";

type Jail = readonly [state: string, host: string, root: string];

/** Runs the page's script with a pulumi that writes these jails' files, prints a line and ends with this status. */
describe("the script of docs/nightly.md", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nightly-"));
    const script = blocksOf("nightly.md").find(({ file }) => file === "drift.sh");
    writeFileSync(join(folder, "drift.sh"), script?.text ?? "");
    const pulumi = join(folder, "pulumi");
    writeFileSync(
      pulumi,
      `#!/bin/sh\ncp -R jails/. "$PULUMI_CHROOT_ASSESSMENTS"\necho previewed\nexit "$(cat status)"\n`,
    );
    chmodSync(pulumi, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(jails: readonly Jail[], previewStatus: number): { printed: string[]; status: number | null } {
    rmSync(join(folder, "jails"), { recursive: true, force: true });
    mkdirSync(join(folder, "jails"));
    writeFileSync(join(folder, "status"), `${previewStatus}`);
    // The differences of a real one have a state and a root in their texts, too.
    const sample = JSON.parse(readFileSync(join(__dirname, "../../../test/fixtures/assessment/v1.json"), "utf8"));
    for (const [at, [state, host, root]] of jails.entries()) {
      const { version, root: _root, machine, state: _state, ...rest } = sample;
      const written = { version, host, root, machine, state, ...rest };
      writeFileSync(join(folder, "jails", `${at}.json`), `${JSON.stringify(written, undefined, 1)}\n`);
    }
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
    const { stdout, stderr, status } = spawnSync("sh", [join(folder, "drift.sh")], { encoding: "utf8", env });
    return { printed: `${stderr}${stdout}`.split("\n").slice(0, -1), status };
  }

  test("is quiet where everything is as declared", () => {
    expect(run([["in-sync", "root@a", "/x"]], 0)).toStrictEqual({ printed: [], status: 0 });
  });

  test("names the jails that are not in sync, worst first, and counts them", () => {
    const jails: Jail[] = [
      ["drifted", "root@b", "/srv/refused"],
      ["in-sync", "root@a", "/x"],
      ["not-checked", "root@c", "/x"],
      ["drifted", "root@a", "/y"],
      ["refused", "root@d", "/in-sync"],
    ];
    expect(run(jails, 255)).toStrictEqual({
      printed: [
        "previewed",
        "Jails by state:",
        "refused root@d /in-sync",
        "not-checked root@c /x",
        "drifted root@a /y",
        "drifted root@b /srv/refused",
        "      2 drifted",
        "      1 in-sync",
        "      1 not-checked",
        "      1 refused",
      ],
      status: 3,
    });
  });

  test("tells drift by its status, whatever roots are called", () => {
    const { printed, status } = run([["drifted", "root@a", "/refused"]], 255);
    expect({ printed: printed.slice(-2), status }).toStrictEqual({
      printed: ["drifted root@a /refused", "      1 drifted"],
      status: 2,
    });
  });

  test("prints the preview alone where the program failed, and no jail by name where only other resources differ", () => {
    expect(run([], 255)).toStrictEqual({ printed: ["previewed"], status: 1 });
    expect(run([["in-sync", "root@a", "/x"]], 255)).toStrictEqual({
      printed: ["previewed", "Jails by state:", "      1 in-sync"],
      status: 1,
    });
  });
});
