import { afterAll, describe, expect, test } from "@jest/globals";
import { allowPtrace, installPtracer, startPtracer } from "../race/ptracers";
import { shareUid } from "../race/shared-uid";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const runs = 10;

describe("a jailed daemon that may ptrace", () => {
  let host: LabHost;
  let restore: () => Promise<void>;
  useHost({ accounts: account }, async (made) => {
    host = made;
    restore = await allowPtrace();
    installPtracer(host);
    await host.must("mkdir -p /srv/jail");
  });
  afterAll(() => restore());

  test("seizes a process outside that has its number: it is able to", async () => {
    const ptracer = await startPtracer(host, "/srv/jail", account.www.uid);
    await host.sh("setpriv --reuid=1033 --regid=1033 --clear-groups timeout 5 sh -c 'while :; do :; done'");
    const taken = await ptracer.stop();
    expect(taken.join()).toMatch(/^shared \d+,seized \d+$/);
  });

  test("finds no process of ours: no validate with its user's rights, no look for what starts daemons", async () => {
    const { taken, errors } = await shareUid(host, runs);
    expect([taken, errors]).toStrictEqual([[], []]);
  });
});
