import { expect, test } from "@jest/globals";
import type { Planned } from "../../provider/fleet/event";
import { lineOf, readJournal } from "../../provider/fleet/journal";

const planned: Planned = {
  record: "pulumi-chroot rollout",
  version: 1,
  at: "2026-12-01T00:00:00Z",
  plan: {
    mode: "up",
    waves: [{ name: "all", isCanary: false, units: ["é"], gates: [], needsApproval: false }],
    maxFailures: 0,
    width: 1,
  },
};
const started = lineOf({ event: "started", at: "t", unit: "é" });

test("a journal is read back, without a last line that has no end", () => {
  const whole = lineOf(planned) + started;
  const read = readJournal(`${whole}{"event":"ended","at`);
  if (!("record" in read)) throw new Error(read.problem);
  expect(read.planned).toStrictEqual(planned);
  expect(read.record.units.get("é")?.state).toBe("running");
  expect(read.end).toBe(Buffer.byteLength(whole));
});

test("a file that is no journal, a newer one and a damaged one are told apart", () => {
  expect(readJournal("")).toStrictEqual({ problem: "no-record" });
  expect(readJournal("{}\n")).toStrictEqual({ problem: "no-record" });
  expect(readJournal(`${JSON.stringify({ ...planned, version: 2 })}\n`)).toStrictEqual({ problem: "newer-version" });
  expect(readJournal(`${lineOf(planned)}{"event"\n${started}`)).toStrictEqual({ problem: "bad-line", line: 2 });
});
