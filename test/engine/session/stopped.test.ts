import { expect, test } from "@jest/globals";
import { drive, errorsOf } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import { newEngine } from "../../support/session";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const stopped = /left as it is: root@.*:\/srv\/jail: the operation was stopped before its turn\nrun it again$/;
let host: LabHost;
useHost({ accounts: account }, async (made) => {
  host = made;
  await host.must(`mkdir -m 755 ${root}`);
});

/** The jail and two rules, in an engine that a test stops. */
function program() {
  const stop = new AbortController();
  const site = siteOn(host, root);
  const rules = { one: { match: "one", directoryMode: "0750" }, two: { match: "two", directoryMode: "0750" } };
  const driven = drive(site, {}, rules, {}, [], newEngine(stop).session(site));
  return { driven, stop: () => stop.abort() };
}

test("a stopped engine looks at nothing, changes nothing and forgets nothing", async () => {
  await host.must(`rm -rf ${root}/* && mkdir -m 777 ${root}/one`);
  const { driven, stop } = program();
  stop();
  await expect(driven.assess()).rejects.toThrow(stopped);
  expect(errorsOf(await driven.up())).toStrictEqual([1, 2, 3].map(() => expect.stringMatching(stopped)));
  await expect(driven.forget("jail")).rejects.toThrow(stopped);
  expect(await host.must(`stat -c %a ${root}/one; ls /var/lib/pulumi-chroot | wc -l`)).toBe("777\n0\n");
});

test("a change that has begun ends, and later ones are refused before they touch anything", async () => {
  await host.must(`rm -rf ${root}/* && mkdir -m 777 ${root}/one ${root}/two`);
  const { driven, stop } = program();
  const begun = driven.up("jail", "one");
  // The queue begins a run in the next turn of the loop.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  stop();
  const later = driven.up("two");
  expect(await begun).toSucceed();
  expect(errorsOf(await later)).toStrictEqual([expect.stringMatching(stopped)]);
  expect(await host.must(`stat -c %a ${root}/one ${root}/two`)).toBe("750\n777\n");
  expect(await program().driven.up()).toSucceed();
  expect(await host.must(`stat -c %a ${root}/two`)).toBe("750\n");
});
