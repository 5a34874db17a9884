import { expect, test } from "@jest/globals";
import { attempt } from "../../../provider/agent/requests/command";
import { change, siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

let host: LabHost;
useHost({}, async (made) => {
  host = made;
  await host.must("mkdir -p /srv/jail /run/lab; echo old >/run/lab/dmesg");
  // No kernel of a test has AppArmor, so the test provides its list of profiles and the kernel's log.
  await host.must(
    "mount -t tmpfs none /sys && mkdir -p /sys/kernel/security/apparmor && : >/sys/kernel/security/apparmor/profiles",
  );
  await host.replace("/usr/bin/dmesg", () => "#!/bin/sh\ncat /run/lab/dmesg\n");
});

const record = (name: string) =>
  `audit: type=1400 audit(1.0:7): apparmor="DENIED" operation="open" profile="named" name="${name}" pid=9 comm="named" requested_mask="r"`;
const run = (script: string) =>
  change(siteOn(host, "/srv/jail"), (agent) => attempt(agent, { argv: ["sh", "-c", script], timeLimit: 10 }));

test("a command that AppArmor has kept from a file of the jail says which profile it was", async () => {
  await host.must(`echo '${record("/srv/jail/etc/earlier")}' >>/run/lab/dmesg`);
  const denied = await run(`echo '${record("/srv/jail/etc/named.conf")}' >>/run/lab/dmesg; exit 1`);
  expect(denied.failed).toBe(
    "exit status 1; AppArmor's profile named denies /srv/jail/etc/named.conf: allow it in /etc/apparmor.d/local",
  );
});

test("what was denied before, or elsewhere, is not said", async () => {
  expect((await run(`echo '${record("/etc/other")}' >>/run/lab/dmesg; exit 1`)).failed).toBe("exit status 1");
  expect((await run("exit 0")).failed).toBe(undefined);
});

test("a command that the host does not have is said to be none, with what to do", async () => {
  const { failed, printed } = await run("exec no-such-check");
  expect(failed ?? "").toMatch(/^exit status 127, a command that is not found: install it on the host/);
  expect(printed).toMatch(/no-such-check/);
});
