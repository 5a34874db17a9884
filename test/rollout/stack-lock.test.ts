import { hostname } from "node:os";
import { expect, test } from "@jest/globals";
import { stackLock } from "../../provider/rollout/stack-lock";

const gone = 2 ** 22 + 1;
const text = (...holders: string[]) =>
  `error: the stack is currently locked by ${holders.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n${holders
    .map(
      (holder) => `  file:///s/.pulumi/locks/organization/p/a/1.json: created by ${holder} at 2026-12-01T06:55:21Z\n`,
    )
    .join("")}`;

test("a lock names its holder, and is left where each holder was here and has ended", () => {
  const own = `root@${hostname()} (pid ${gone})`;
  expect(stackLock(text(own))).toStrictEqual({
    by: `process ${gone} of root@${hostname()} since 2026-12-01T06:55:21Z`,
    isLeft: true,
  });
  expect(stackLock(text(`root@elsewhere (pid ${gone})`))?.isLeft).toBe(false);
  expect(stackLock(text(own, `root@elsewhere (pid ${gone})`))?.isLeft).toBe(false);
  // This process is no CLI of Pulumi's: it has the pid of one that has ended.
  expect(stackLock(text(`root@${hostname()} (pid ${process.pid})`))?.isLeft).toBe(true);
});

test("Pulumi Cloud's word for a lock is known, and other messages are none", () => {
  const conflict = "error: [409] Conflict: Another update is currently in progress.";
  expect(stackLock(conflict)).toStrictEqual({ by: "another update", isLeft: false });
  expect(stackLock("error: no stack named 'a' found")).toBe(undefined);
});
