import { expect, test } from "@jest/globals";
import { evidence } from "../../provider/gates/evidence";
import type { Verdict } from "../../provider/gates/poll";

const verdict = (host: string | undefined, why: string, tries: number): Verdict => ({
  target: { ...(host === undefined ? {} : { host }), at: `${host}.example.com:53`, probe: async () => undefined },
  failure: { why },
  tries,
});

test("one host has its place; hosts with one reason share a line, the most hosts first, and a few are named", () => {
  expect(evidence([verdict("ns2", "connection refused", 31)])).toBe(
    "ns2: ns2.example.com:53: connection refused (31 tries)",
  );
  const many = Array.from({ length: 300 }, (_, n) => verdict(`h${n}`, "no answer", 5 + (n % 2)));
  expect(evidence([verdict("ns2", "connection refused", 1), ...many])).toBe(
    "h0, h1, h2, h3, h4 and 295 more: no answer (5 to 6 tries); ns2: ns2.example.com:53: connection refused (1 try)",
  );
});

test("hosts with many different reasons are counted after the first few", () => {
  const text = evidence(Array.from({ length: 9 }, (_, n) => verdict(`h${n}`, `reason ${n}`, 1)));
  expect(text.split("; ").length).toBe(6);
  expect(text).toMatch(/; 4 more hosts with other reasons$/);
});
