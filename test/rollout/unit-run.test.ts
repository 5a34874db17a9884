import { describe, expect, test } from "@jest/globals";
import type { UnitEnd } from "../../provider/fleet/run";
import type { AssessmentV1 } from "../../provider/render/assessment/assessment-v1";
import { runUnit, type UnitWork } from "../../provider/rollout/unit-run";
import type { CliEnd } from "../../provider/rollout/unit-stack";
import { MemoryStacks } from "../support/memory-stacks";

const jail: AssessmentV1 = {
  version: 1,
  host: "root@ns1",
  root: "/srv",
  machine: "m",
  state: "drifted",
  differences: [],
  findings: [],
};

async function run(ends: Readonly<Record<string, readonly CliEnd[]>>, more: Partial<UnitWork> = {}) {
  const stacks = new MemoryStacks(Object.fromEntries(Object.entries(ends).map(([key, value]) => [`${key} u`, value])));
  const phases: string[] = [];
  const end: UnitEnd = await runUnit({
    mode: "up",
    stack: stacks.stackOf({ name: "u" }),
    jails: () => [jail],
    otherName: () => undefined,
    tell: (phase, why) => phases.push(why === undefined ? phase : `${phase}: ${why}`),
    cancel: "pulumi cancel --stack u",
    waits: { lock: 5, backend: 5 },
    signal: new AbortController().signal,
    ...more,
  });
  return { end, runs: stacks.runs.map((line) => line.split(" ")[0]), phases };
}

describe("a unit", () => {
  test("in sync costs one preview", async () => {
    expect(await run({ preview: [{ isChanged: false }] })).toMatchObject({
      end: { outcome: "done" },
      runs: ["preview"],
    });
  });

  test("with a change is converged, but in preview mode", async () => {
    const end = { outcome: "done", isChanged: true };
    expect(await run({})).toMatchObject({ end, runs: ["preview", "up"] });
    expect(await run({}, { mode: "preview" })).toMatchObject({ end, runs: ["preview"] });
  });

  test("gets its stack with its first preview", async () => {
    const { runs } = await run({ preview: [{ problem: "no-stack" }, {}], create: [{}] });
    expect(runs).toStrictEqual(["preview", "create", "preview"]);
  });

  test("that fails says in which phase", async () => {
    const broken = { problem: "engine", why: "it broke" } as const;
    expect((await run({ preview: [broken] })).end).toStrictEqual({ outcome: "failed", why: "preview: it broke" });
    expect((await run({ up: [broken] })).end).toStrictEqual({ outcome: "failed", why: "up: it broke" });
    const thrown = { problem: "program", why: "no such key" } as const;
    expect((await run({ preview: [thrown] })).end).toStrictEqual({ outcome: "failed", why: "program: no such key" });
  });

  test("that is refused, off, or there under two names is not touched", async () => {
    const jails = (more: Partial<AssessmentV1>) => ({ jails: () => [jail, { ...jail, ...more }] });
    const refused = await run({}, jails({ state: "refused", problems: ["Jail::j: refused: it is /"] }));
    expect(refused).toMatchObject({ end: { outcome: "refused" }, runs: ["preview"] });
    expect(refused.end.why).toBe("preview: root@ns1:/srv: Jail::j: refused: it is /");
    const away = await run(
      {},
      jails({ state: "not-checked", isUnreachable: true, problems: ["Jail::j: not checked: no answer"] }),
    );
    expect(away).toMatchObject({ end: { outcome: "unreachable" }, runs: ["preview"] });
    const twin = await run({}, { otherName: () => "one jail of one host" });
    expect(twin).toMatchObject({
      end: { outcome: "refused", why: "preview: one jail of one host" },
      runs: ["preview"],
    });
  });
});

describe("a locked stack", () => {
  const locked = { problem: "locked", why: "process 7 of root@other" } as const;

  test("is waited for", async () => {
    const { end, phases } = await run({ up: [locked, {}] });
    expect(end).toStrictEqual({ outcome: "done", isChanged: true });
    expect(phases).toStrictEqual(["preview", "up", "locked: process 7 of root@other"]);
  });

  test("is a failure after its time", async () => {
    const { end } = await run({ up: [locked] }, { waits: { lock: 0.02, backend: 5 } });
    expect(end).toStrictEqual({
      outcome: "failed",
      why: "up: the stack is locked by process 7 of root@other: wait for it; if it has ended, pulumi cancel --stack u (tried for 0.02 s)",
    });
  });

  test("that a process has left is a failure at once, with the command that helps", async () => {
    const { end, runs } = await run({ up: [{ ...locked, isLeft: true }] });
    expect(runs).toStrictEqual(["preview", "up"]);
    expect(end.why).toBe(
      "up: the stack is locked by process 7 of root@other: it has ended, so remove its lock: pulumi cancel --stack u",
    );
  });

  test("is not waited for when the rollout stops: the unit is put back", async () => {
    const stop = new AbortController();
    const { end } = await run(
      { up: [locked] },
      { signal: stop.signal, tell: (phase) => phase === "locked" && stop.abort() },
    );
    expect(end).toStrictEqual({ outcome: "waiting" });
  });
});

describe("a backend that does not answer", () => {
  test("is waited for, but not after a wrong passphrase", async () => {
    const early = { problem: "early", why: "dial tcp: connection refused" } as const;
    expect((await run({ preview: [early, {}] })).end).toStrictEqual({ outcome: "done" });
    const wrong = await run({ preview: [{ problem: "early", why: "incorrect passphrase" }] });
    expect(wrong).toMatchObject({
      end: { outcome: "failed", why: "preview: incorrect passphrase" },
      runs: ["preview"],
    });
  });
});
