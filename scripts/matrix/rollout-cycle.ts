import assert from "node:assert/strict";
import type { FleetReport } from "../../provider";
import type { Life } from "./cycle";
import { guarded } from "./program";

/**
 * The life of the jails of a fleet. The driver of a rollout replaces a part of the SDK that is no public interface, so each SDK
 * of the table has to carry it.
 */
export const rolledOut: Life = async ({ automation = "" }, run, host, sites) => {
  const rollout = async (mode: "up" | "preview") => JSON.parse(await run(["node", automation, mode])) as FleetReport;
  const outcomes = ({ hosts }: FleetReport) => hosts.map(({ outcome }) => outcome);
  const all = (outcome: string) => sites.map(() => outcome);
  const files = sites.map(({ root }) => `${root}/${guarded.path}`);
  const modes = async () => (await host.must(`stat -c %#a ${files.join(" ")}`)).trim().split("\n");

  const made = await rollout("up");
  assert.deepEqual(outcomes(made), all("repaired"), JSON.stringify(made));
  assert.deepEqual(
    made.waves.map(({ name, gates }) => [name, gates.map(({ isOpen }) => isOpen)]),
    [
      ["canary", [true]],
      ["rest", []],
    ],
  );
  assert.deepEqual(await modes(), all(guarded.mode), "the modes after the first rollout");

  for (const file of files) await host.must(`chmod 0666 ${file}`);
  const shown = await rollout("preview");
  const drift = shown.hosts.flatMap(({ jails }) => jails).flatMap(({ differences }) => differences);
  assert.deepEqual(
    drift.map(({ path, live, declared }) => ({ path, live, declared })),
    sites.map(() => ({ path: guarded.path, live: "0666", declared: guarded.mode })),
  );
  assert.deepEqual(outcomes(shown), all("drifted"));
  assert.deepEqual(await modes(), all("0666"), "the modes after the preview");

  assert.deepEqual(outcomes(await rollout("up")), all("repaired"));
  assert.deepEqual(await modes(), all(guarded.mode), "the modes after the second rollout");
};
