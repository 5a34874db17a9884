import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { useStacks } from "../support/e2e";
import { runOwnCommand } from "../support/own-command";
import { outcomesOf, reportOf, startRollout } from "../support/rollout-scene";

describe("a backend that is gone for a while", () => {
  const stacks = useStacks();

  test("is waited for before a unit begins and while its up runs, and no state is lost", async () => {
    const stack = await stacks.stack();
    const state = join(stack.directory, "state");
    const leave = () => {
      renameSync(state, `${state}-away`);
      // Else the CLI would make a folder here.
      writeFileSync(state, "");
    };
    const comeBack = () => {
      rmSync(state);
      renameSync(`${state}-away`, state);
    };
    stack.env["STATE"] = state;
    const host = { host: "127.0.0.1" };
    const fleet = { name: "dns", roots: "none" as const, units: { early: host, late: host }, before: leaveInUp };
    const running = startRollout(stack, fleet, {
      width: 1,
      onEvent(event) {
        if (event.event === "started" && event.unit === "early") leave();
        if (event.event === "phase" && event.phase === "backend") comeBack();
      },
    });
    expect(outcomesOf(await reportOf(running))).toStrictEqual({ early: "repaired", late: "repaired" });
    const waits = running.events.filter((event) => event.event === "phase" && event.phase === "backend");
    expect(waits).toMatchObject([
      { unit: "early", why: expect.stringMatching(/^unable to .*\/state is not a directory$/) },
    ]);
    const states = ["early", "late"].map((unit) =>
      stack.pulumi("stack", "export", "--stack", `organization/dns/${unit}`),
    );
    for (const { stdout } of await Promise.all(states))
      expect(JSON.parse(stdout).deployment.resources).toMatchObject([{ type: "pulumi:pulumi:Stack" }]);

    leave();
    expect(await runOwnCommand(stack, "drift")).toStrictEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^pulumi-chroot: the stacks of the project cannot be listed: unable to .*\/state.*\n$/,
      ),
    });
  });
});

/** Takes the backend away for two seconds while an `up` runs: the CLI tries for longer. It runs in the rollout's process. */
function leaveInUp({ name }: { readonly name: string }): void {
  const [fs, sdk] = [require("node:fs"), require("@pulumi/pulumi")];
  if (name !== "late" || sdk.runtime.isDryRun()) return;
  const state = String(process.env["STATE"]);
  fs.renameSync(state, `${state}-away`);
  fs.writeFileSync(state, "");
  setTimeout(() => {
    fs.rmSync(state);
    fs.renameSync(`${state}-away`, state);
  }, 2000);
}
