import assert from "node:assert/strict";
import { test } from "node:test";
import { renumbered } from "../../provider/handlers/running";
import type { View } from "../../provider/handlers/view";
import type { Declaration } from "../../provider/intent/declaration";
import type { Running } from "../../provider/observe/process";

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
const view = {
  merged: { declarations: [jail, wrapper], jail },
  observation: {
    records: [{ token: "w", uid: 1033 }],
    principals: { uids: new Map([["www", 1044]]), gids: new Map([["www", 1033]]) },
  },
} as unknown as View;

const why = (running: () => Promise<Running>) => renumbered(wrapper, view, "/srv/app", running);

test("a daemon whose user was renumbered is not written anew where nobody can tell that it has stopped", async () => {
  assert.equal(await why(async () => ({ processes: [], more: 0 })), undefined);
  assert.match(
    (await why(async () => ({ processes: [], more: 3 }))) ?? "",
    /1044 now, and 3 more processes .*: stop it/,
  );
  assert.match(
    (await why(() => Promise.reject(new Error("took more than 10 s")))) ?? "",
    /had the number 1033 and has 1044 now, and nobody knows .*took more than 10 s: stop it/,
  );
});
