import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { useLab } from "../support/e2e";
import { outcomesOf, reportOf, startRollout } from "../support/rollout-scene";

describe("a rollout whose process is killed while it repairs a host", () => {
  const lab = useLab();

  test("goes on: no done unit begins again, none is left out, and meanwhile a second one is refused", async () => {
    const stack = await lab.stack();
    const { connection } = lab.host;
    await lab.host.must("mkdir -p /srv/a /srv/b /srv/c");
    const fleet = {
      name: "dns",
      units: { a: connection, b: connection, c: connection },
      waves: [{ name: "one", size: 1 }, { name: "rest" }],
      width: 1,
    };
    let refused: Promise<{ stderr: string }> | undefined;
    const first = startRollout(stack, fleet, {
      onEvent(event, child) {
        if (event.event !== "phase") return;
        if (event.unit === "a" && event.phase === "preview") refused = startRollout(stack, fleet).ended;
        if (event.unit === "b" && event.phase === "up") child.kill("SIGKILL");
      },
    });
    expect((await first.ended).report).toBe(undefined);
    expect((await refused)?.stderr).toBe(
      `another rollout of dns runs: process ${first.child.pid} on ${hostname()}: wait for its end, or stop it with Ctrl-C\n`,
    );
    const second = startRollout(stack, {
      ...fleet,
      units: { a: connection, b: connection, c: connection, d: connection },
    });
    const report = await reportOf(second);
    expect(outcomesOf(report)).toMatchObject({ a: "repaired", c: "repaired" });
    // Its `up` of the first process has no program any more: it has ended, or the second process has waited for it.
    expect(["repaired", "in-sync"]).toContain(outcomesOf(report)["b"]);
    expect(second.events.flatMap((event) => (event.event === "started" ? event.unit : []))).toStrictEqual(["b", "c"]);
    expect(second.events).toContainEqual({ event: "joined", at: expect.any(String), units: ["d"] });
    const modes = await lab.host.must("stat -c %a /srv/a /srv/b /srv/c");
    expect(modes.trim().split("\n")).toStrictEqual(["750", "750", "750"]);
    const record = readFileSync(join(stack.directory, ".pulumi-chroot", "dns.rollout.jsonl"), "utf8");
    expect(record).not.toContain("PRIVATE KEY");
  });
});
