import { expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import { withBlocks } from "../../provider/plan/blocked";
import type { Difference } from "../../provider/plan/difference";

const at = (path: string) => path as Bytes;
const live: Live = { type: "file", uid: 0, gid: 33, mode: 0o640, links: 2, inode: "1:7" };
const difference = (path: string): Difference => ({
  path: at(path),
  owner: { label: "PermissionRule::keys" },
  live,
  want: { mode: { bits: 0o600, mask: 0o7777 } },
  keep: { special: 0, capabilities: "" },
  reason: "private keys",
});

test("a name that may have been moved since does not stand for another one that wants nothing", () => {
  // The daemon has given a file of root's a second name that a rule matches, and moved that: it was seen in both places.
  const names = ["etc/named.conf", "var/run/x.key", "data/x.key"].map(at);
  const entries = new Map(names.map((path) => [path, live]));
  const differences = [difference("var/run/x.key"), difference("data/x.key")];
  const [, moved] = withBlocks(differences, entries, (path) => path !== "var/run/x.key");
  expect(moved?.blocked).toStrictEqual({ problem: "names-disagree", names: 2 });
});

test("all names of an inode that want the same are repaired", () => {
  const names = ["lib/x.key", "data/x.key"].map(at);
  const entries = new Map(names.map((path) => [path, live]));
  const differences = [difference("lib/x.key"), difference("data/x.key")];
  expect(withBlocks(differences, entries, () => true)).toStrictEqual(differences);
});
