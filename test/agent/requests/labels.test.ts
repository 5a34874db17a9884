import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { change, siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

let host: LabHost;
useHost({}, async (made) => {
  host = made;
  await host.must("mkdir -p /srv/jail/etc /run/lab/bin");
});

function put(path: string): Promise<void> {
  return change(siteOn(host, "/srv/jail"), async (agent) => {
    const data = Buffer.from("x\n");
    const name = Buffer.from(path);
    const sum = createHash("sha256").update(data).digest("hex");
    const replies = await Promise.all([
      agent.request(`at ${name.length} 0a-01234567`, name),
      agent.request(`fill ${data.length} ${sum}`, data),
      agent.request("fields 0:0 00644 -"),
      agent.request(`place ${name.length} 0a-01234567`, name),
    ]);
    for (const { status, error } of replies) assert.equal(status, 0, error);
  });
}

test("where SELinux is on, a file that was put in place gets the label of its place; else nobody is asked", async () => {
  await put(".//etc/one");
  // No kernel of a test has SELinux in it: its two commands, in front of the host's own.
  await host.must(`cd /run/lab/bin
    printf '#!/bin/sh\\nexit 0\\n' >selinuxenabled
    printf '#!/bin/sh\\necho "$PWD $*" >>/run/lab/labels\\n' >restorecon
    chmod 755 *; mount -t overlay overlay -o lowerdir=/run/lab/bin:/usr/sbin /usr/sbin`);
  await put(".//etc/two");
  expect(await host.must("cat /run/lab/labels")).toBe("/srv/jail -F .//etc/two\n");
});
