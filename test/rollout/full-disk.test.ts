import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { useStacks } from "../support/e2e";
import { outcomesOf, reportOf, startRollout } from "../support/rollout-scene";

describe("a machine whose disk is full while a unit is in flight", () => {
  const stacks = useStacks();

  test("ends the rollout with the record's path and a remedy, and the same command goes on when there is room", async () => {
    const stack = await stacks.stack();
    mkdirSync(join(stack.directory, ".pulumi-chroot"));
    // Each line of the record needs a page of its own.
    const unit = "a".repeat(5000);
    const running = startRollout(
      stack,
      { name: "dns", roots: "none", units: { [unit]: { host: "127.0.0.1" } }, before: fillDisk },
      {
        shell: (run) => `exec unshare --mount sh -ec "
          mount -t tmpfs -o size=128k none .pulumi-chroot
          BALLAST=$PWD/.pulumi-chroot/ballast ${run} && exit 1
          rm .pulumi-chroot/ballast
          exec ${run}"`,
      },
    );
    const report = await reportOf(running);
    const { stderr } = await running.ended;
    expect(stderr).toBe(
      `the record cannot be written: ${join(stack.directory, ".pulumi-chroot", "dns.rollout.jsonl")}: ENOSPC: no space left on device, write: nothing starts without it; make room, then run the same command again\n`,
    );
    expect(outcomesOf(report)).toStrictEqual({ [unit]: "in-sync" });
    const told = running.events.map(({ event }) => event).filter((event) => event !== "phase");
    expect(told).toStrictEqual(["planned", "started", "planned", "resumed", "started", "ended"]);
  });
});

/** It runs in the rollout's process. */
function fillDisk(): void {
  const { runtime } = require("@pulumi/pulumi");
  const ballast = process.env["BALLAST"];
  if (ballast === undefined || runtime.isDryRun()) return;
  try {
    require("node:fs").writeFileSync(ballast, Buffer.alloc(1_000_000, 1));
  } catch {
    // There is no more room.
  }
}
