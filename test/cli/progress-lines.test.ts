import { describe, expect, test } from "@jest/globals";
import { progressLines } from "../../provider/cli/progress-lines";
import { RolloutRecord } from "../../provider/fleet/record";

const at = "2026-12-01T00:00:00Z";

describe("the lines of a rollout in flight", () => {
  const record = new RolloutRecord({
    mode: "up",
    width: 4,
    maxFailures: 1,
    waves: [
      { name: "canary", isCanary: true, units: ["ns1"], gates: ["dns example.com"], needsApproval: false },
      { name: "rest", isCanary: false, units: ["ns2", "ns3", "ns4", "ns5"], gates: [], needsApproval: false },
    ],
  });
  record.add({ event: "started", at, unit: "ns1" });
  record.add({ event: "ended", at, unit: "ns1", outcome: "done" });
  record.add({ event: "gated", at, wave: "canary", gate: "dns example.com", isOpen: true });
  record.add({ event: "started", at, unit: "ns2" });
  record.add({ event: "ended", at, unit: "ns2", outcome: "refused", why: "no user \u001b[31mbind" });
  record.add({ event: "started", at, unit: "ns3" });

  test("show waves with their gates, units in flight, and failures with their reasons", () => {
    expect(progressLines(record, new Map([["ns3", "up"]]))).toStrictEqual([
      "canary  ####################  1/1  gates: dns example.com open",
      "rest    #####...............  1/4",
      "  ns3: up",
      "1 failed (1 tolerated), 0 unreachable",
      "  ns2: refused: no user \\x1b[31mbind",
    ]);
  });
});
