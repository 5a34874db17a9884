import { expect, test } from "@jest/globals";
import type { AssessmentV1 } from "../../provider/render/assessment/assessment-v1";
import { endByJails, KnownJails } from "../../provider/rollout/verdict";

const jail = (host: string, root = "/srv", machine = "m1"): AssessmentV1 => ({
  version: 1,
  host,
  root,
  machine,
  state: "in-sync",
  differences: [],
  findings: [],
});

test("an outage of one host of a unit does not hide another host's changed key, nor a refusal", () => {
  const away: AssessmentV1 = {
    ...jail("ns1"),
    state: "not-checked",
    isUnreachable: true,
    problems: ["Jail::a: no answer"],
  };
  const changed: AssessmentV1 = {
    ...jail("ns2"),
    state: "not-checked",
    problems: ["Jail::b: the host key has changed"],
  };
  const refused: AssessmentV1 = {
    ...jail("ns3"),
    state: "refused",
    problems: ["Jail::c: not checked: refused: its root"],
  };
  expect(endByJails([jail("ns4"), away])).toStrictEqual({
    outcome: "unreachable",
    why: "preview: ns1:/srv: Jail::a: no answer",
  });
  expect(endByJails([away, changed])).toStrictEqual({
    outcome: "failed",
    why: "preview: ns2:/srv: Jail::b: the host key has changed",
  });
  expect(endByJails([away, changed, refused])?.outcome).toBe("refused");
  // Alone it fails in `up`, with the whole error.
  expect(endByJails([changed])).toBe(undefined);
});

test("a jail of one host under two names is told with both, in two units and in one", () => {
  const known = new KnownJails();
  expect(known.add("a", [jail("root@ns1"), jail("root@ns1", "/other")])).toBe(undefined);
  expect(known.add("b", [jail("root@ns2", "/srv", "m2")])).toBe(undefined);
  expect(known.add("c", [jail("root@10.0.0.1")])).toBe(
    "root@10.0.0.1:/srv of c and root@ns1:/srv of a are one jail of one host (machine-id m1): declare it in one unit alone",
  );
  expect(known.add("d", [jail("root@x", "/x"), jail("root@y", "/x")])).toMatch(
    /^root@y:\/x of d and root@x:\/x of d are one jail/,
  );
});

test("a unit that is tried again, and hosts without a machine-id, are no second name", () => {
  const known = new KnownJails();
  expect([1, 2].map(() => known.add("a", [jail("root@ns1")]))).toStrictEqual([undefined, undefined]);
  expect(["b", "c"].map((unit) => known.add(unit, [jail(unit, "/srv", "")]))).toStrictEqual([undefined, undefined]);
});
