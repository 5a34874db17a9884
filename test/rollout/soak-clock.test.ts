import { afterEach, expect, test } from "@jest/globals";
import type { RolloutEvent } from "../../provider/fleet/event";
import { defineFleet } from "../../provider/fleet/fleet";
import { RolloutRecord } from "../../provider/fleet/record";
import { runRollout } from "../../provider/fleet/run";
import { FleetDriver } from "../../provider/rollout/driver";
import { planFleet } from "../../provider/rollout/plan-fleet";
import { MemoryStacks } from "../support/memory-stacks";

const realNow = Date.now;
afterEach(() => {
  Date.now = realNow;
});

test.each([86_400_000, -86_400_000])(
  "a soak goes on where the clock jumps by %d ms after the wave's last change",
  async (jump) => {
    const fleet = defineFleet({
      name: "dns",
      units: { a: { host: "a" } },
      declare: () => undefined,
      gates: [{ soak: 600 }],
    });
    const record = new RolloutRecord(planFleet(fleet));
    const stop = new AbortController();
    const events: RolloutEvent[] = [];
    const append = async (event: RolloutEvent) => {
      events.push(event);
      if (event.event !== "ended") return;
      Date.now = () => realNow() + jump;
      // A gate that is open says so before this.
      setTimeout(() => stop.abort(), 100);
    };
    const driver = new FleetDriver({
      fleet,
      record,
      file: { append },
      jails: { of: () => [] },
      approve: async () => undefined,
      onEvent: () => undefined,
      signal: stop.signal,
      waits: { lock: 0, backend: 0 },
      stackOf: new MemoryStacks().stackOf,
      cancel: () => "pulumi cancel",
    });
    expect(await runRollout(record, driver, stop.signal)).toStrictEqual({ cause: "request" });
    expect(events.map(({ event }) => event)).toStrictEqual(["started", "ended", "stopping"]);
  },
);
