import { expect, test } from "@jest/globals";
import { registryHome } from "../../../provider/agent/site";
import { Engine } from "../../../provider/engine/engine";
import { makeKey } from "../../../scripts/lab/keys";
import { drive, errorsOf } from "../../support/driven";
import { directory } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";
import { newEngine } from "../../support/session";

const root = "/srv/jail";
const stopped =
  /left as it is: root@.*:\/srv\/jail: the operation was stopped before it reached this jail\nrun it again$/;
let host: MemoryHost;
useMemoryHost({ accounts: account }, (made) => {
  host = made;
  host.files.make(root, { ".": directory() });
});
const fresh = (...names: string[]) => {
  host.files.remove(...host.files.names(root).map((name) => `${root}/${name}`));
  host.files.make(root, Object.fromEntries(names.map((name) => [name, directory(0o777)])));
};
const mode = (name: string) => host.files.told(`${root}/${name}`).split(" ")[1];

/** The jail and two rules, in an engine that a test stops. */
function program() {
  const stop = new AbortController();
  const site = host.site(root);
  const rules = { one: { match: "one", directoryMode: "0750" }, two: { match: "two", directoryMode: "0750" } };
  const driven = drive(site, {}, rules, {}, [], newEngine(stop).session(site));
  return { driven, stop: () => stop.abort() };
}

test("a stopped engine looks at nothing, changes nothing and forgets nothing", async () => {
  fresh("one");
  const { driven, stop } = program();
  stop();
  await expect(driven.assess()).rejects.toThrow(stopped);
  expect(errorsOf(await driven.up())).toStrictEqual([1, 2, 3].map(() => expect.stringMatching(stopped)));
  await expect(driven.forget("jail")).rejects.toThrow(stopped);
  expect([mode("one"), host.files.names(registryHome)]).toStrictEqual(["777", []]);
});

test("a stopped engine dials a host that it waits for no more", async () => {
  const stop = new AbortController();
  const connection = { host: "127.0.0.1", port: 1, privateKey: makeKey("ed25519").privateKey, dialErrorLimit: -1 };
  const said: string[] = [];
  const log = async (_urn: string, _severity: string, text: string) => {
    said.push(text);
    stop.abort();
  };
  const session = new Engine({ log, signal: stop.signal }).session({ connection, root });
  await expect(session.awaitHost()).rejects.toThrow(/the operation was stopped before it reached this jail/);
  expect(said).toStrictEqual([expect.stringMatching(/^root@127\.0\.0\.1:1 is waited for, without end/)]);
});

test("a change that has begun ends, and later ones are refused before they touch anything", async () => {
  fresh("one", "two");
  const { driven, stop } = program();
  const begun = driven.up("jail", "one");
  // The queue begins a run in the next turn of the loop.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  stop();
  const later = driven.up("two");
  expect(await begun).toSucceed();
  expect(errorsOf(await later)).toStrictEqual([expect.stringMatching(stopped)]);
  expect([mode("one"), mode("two")]).toStrictEqual(["750", "777"]);
  expect(await program().driven.up()).toSucceed();
  expect(mode("two")).toBe("750");
});
