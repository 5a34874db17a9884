import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { useLab } from "../support/e2e";
import { outcomesOf, reportOf, startRollout } from "../support/rollout-scene";

describe("a stack that is locked", () => {
  const lab = useLab();

  test("by a process elsewhere is waited for; by one of this machine that has ended, the report has the command that helps", async () => {
    const stack = await lab.stack();
    const { connection } = lab.host;
    await lab.host.must("mkdir -p /srv/busy /srv/left");
    stack.env["LOCKS"] = join(stack.directory, "state", ".pulumi", "locks", "organization", "dns");
    const fleet = { name: "dns", units: { busy: connection, left: connection }, maxFailures: 1, before: lockInPreview };
    const running = startRollout(stack, fleet, {
      onEvent(event) {
        if (event.event === "phase" && event.phase === "locked" && event.unit === "busy")
          rmSync(join(stack.env["LOCKS"] ?? "", "busy"), { recursive: true });
      },
    });
    const report = await reportOf(running);
    expect(outcomesOf(report)).toStrictEqual({ busy: "repaired", left: "failed" });
    const waits = running.events.flatMap((event) => (event.event === "phase" && event.phase === "locked" ? event : []));
    expect(waits).toMatchObject([
      { unit: "busy", why: expect.stringMatching(/^process 4194305 of root@elsewhere since /) },
    ]);
    const why = report.hosts[1]?.why ?? "";
    expect(why).toMatch(
      /^up: the stack is locked by process 4194305 of root@\S+ since \S+: it has ended, so remove its lock: pulumi cancel /,
    );
    execFileSync("sh", ["-c", `${why.slice(why.indexOf("pulumi cancel"))} --non-interactive`], {
      env: stack.env,
      stdio: "pipe",
    });
    expect(outcomesOf(await reportOf(startRollout(stack, { name: "dns", units: { left: connection } })))).toStrictEqual(
      {
        left: "repaired",
      },
    );
  });
});

/** Locks the stack of a unit after its preview has found it; it runs in the rollout's process. */
function lockInPreview({ name }: { readonly name: string }): void {
  const [fs, os, sdk] = [require("node:fs"), require("node:os"), require("@pulumi/pulumi")];
  if (!sdk.runtime.isDryRun()) return;
  const folder = `${process.env["LOCKS"]}/${name}`;
  const holder = { pid: 2 ** 22 + 1, username: "root", hostname: name === "busy" ? "elsewhere" : os.hostname() };
  fs.mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ ...holder, timestamp: new Date().toISOString() });
  fs.writeFileSync(`${folder}/11111111-1111-1111-1111-111111111111.json`, text);
}
