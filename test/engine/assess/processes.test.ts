import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Assessment } from "../../../provider/engine/assess/assessment";
import { processDriftTexts, renumberingProblem, reportProcesses } from "../../../provider/engine/assess/processes";
import type { Declaration } from "../../../provider/intent/declaration";
import type { Running } from "../../../provider/observe/process";

const jail: Declaration = {
  kind: "Jail",
  owner: { token: "j", label: "Jail::app" },
  args: { root: "/srv/app", user: "www", group: "www" },
};
const wrapper: Declaration = {
  kind: "Wrapper",
  owner: { token: "w", label: "Wrapper::app" },
  args: { path: "/etc/jails/app", command: ["/bin/app"], reason: "a test" },
};
/** The record says 1033, the host 1044. */
const assessment = {
  merged: { declarations: [jail, wrapper], jail: { ...jail, intent: { accept: {} } } },
  observation: {
    records: [{ token: "w", uid: 1033 }],
    principals: { uids: new Map([["www", 1044]]), gids: new Map([["www", 1033]]) },
  },
} as unknown as Assessment;

const why = (running: () => Promise<Running>) => renumberingProblem(wrapper, assessment, "/srv/app", running);

test("a daemon whose user was renumbered is not written anew where nobody can tell that it has stopped", async () => {
  expect(await why(async () => ({ processes: [], more: 0, isRestless: false }))).toBe(undefined);
  const numbers = { before: 1033, now: 1044 };
  expect(await why(async () => ({ processes: [], more: 3, isRestless: false }))).toMatchObject({
    ...numbers,
    problem: "processes-partly-seen",
    seen: { evidence: { more: 3 } },
  });
  expect(await why(() => Promise.reject(new Error("took more than 10 s")))).toStrictEqual({
    ...numbers,
    problem: "processes-unknown",
    error: "took more than 10 s",
  });
});

test("with failOnStaleProcess a process that was not seen is drift, also where the look failed as a whole", async () => {
  const lookOf = (running: () => Promise<Running>) => reportProcesses(wrapper, assessment, "/srv/app", running);
  const whole = await lookOf(async () => ({ processes: [], more: 0, isRestless: false }));
  expect([...processDriftTexts(whole)]).toStrictEqual([]);
  for (const running of [
    async () => ({ processes: [], more: 1, isRestless: false }),
    async () => ({ processes: [], more: 0, isRestless: true }),
    () => Promise.reject(new Error("took more than 10 s")),
  ]) {
    const [[key, text] = [], ...more] = processDriftTexts(await lookOf(running));
    expect([key, text?.isUnchecked, more]).toStrictEqual(["(processes)", true, []]);
    expect(text?.live ?? "").toMatch(/^not checked: /);
  }
});

test("of two daemons of one user the processes are compared, too, and of two users each has its own", async () => {
  const process = (uid: number) =>
    ({
      pid: uid,
      name: "app",
      uids: [uid, uid, uid, uid],
      gids: [1033, 1033, 1033, 1033],
      groups: [],
      capabilities: [],
      bounding: [],
      noNewPrivs: false,
      isCwdInside: true,
      descriptors: [],
      environment: [],
      unseen: [],
    }) as unknown as Running["processes"][number];
  const running = async () => ({ processes: [process(1044), process(1055)], more: 0, isRestless: false });
  const seen = async (user: string) => {
    const owner = { token: "o", label: "Wrapper::other" };
    const other = { ...wrapper, owner, args: { ...wrapper.args, user, path: "/etc/jails/other" } };
    const uids = new Map([
      ["www", 1044],
      ["mail", 1055],
    ]);
    const both = {
      merged: { ...assessment.merged, declarations: [jail, wrapper, other] },
      observation: { ...assessment.observation, principals: { ...assessment.observation.principals, uids } },
    } as unknown as Assessment;
    const { findings } = await reportProcesses(wrapper, both, "/srv/app", running);
    return [...new Set(findings.map(({ evidence }) => "who" in evidence && evidence.who.pid))];
  };
  assert.deepEqual(await seen("www"), [1044, 1055], "nobody else tells of the second one");
  expect(await seen("mail")).toStrictEqual([1044]);
});
