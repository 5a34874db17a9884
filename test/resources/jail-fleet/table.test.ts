import { expect, test } from "@jest/globals";
import type { FleetHostState } from "../../../provider/resources/jail-fleet/args";
import { stateTable } from "../../../provider/resources/jail-fleet/table";

test("hosts that are all in one state share a line", () => {
  expect(stateTable({})).toBe("0 hosts");
  expect(stateTable({ ns1: "in sync" })).toBe("1 host in sync: ns1");
  expect(stateTable({ ns1: "drifted", ns2: "drifted" })).toBe("2 hosts drifted: ns1, ns2");
});

test("other fleets have the counts, and a line for each state, worst first", () => {
  expect(stateTable({ ns1: "in sync", ns2: "failed", ns3: "waiting", ns4: "in sync" })).toBe(
    "4 hosts: 1 failed, 1 waiting, 2 in sync\nfailed       ns2\nwaiting      ns3\nin sync      ns1, ns4",
  );
});

test("a thousand hosts in all states have seven short lines", () => {
  const all = ["failed", "refused", "not checked", "drifted", "waiting", "in sync"] as const;
  const states = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index): [string, FleetHostState] => [`host${index}`, all[index % 6] ?? "failed"]),
  );
  const lines = stateTable(states).split("\n");
  expect(lines.length).toBe(7);
  expect(lines[6]).toMatch(/^in sync {6}host5, host11, .* and \d+ more$/);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(130);
});

test("a hostile name stays on its line", () => {
  const text = stateTable({ "a\nin sync  b": "failed", "c\u001b[31m\u202ed</script>": "in sync" });
  expect(text.split("\n").length).toBe(3);
  expect(text).toContain("a\\nin sync  b");
  expect(text).toContain("c\\x1b[31m\\xe2\\x80\\xaed</script>");
});
