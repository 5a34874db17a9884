import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { lockRegistry, putRecords } from "../../../provider/agent/requests/registry";
import { registryName } from "../../../provider/agent/site";
import type { RegistryRecord } from "../../../provider/intent/registry-record";
import { observe, withAgent } from "../../support/connections";
import { change, siteOn, walk } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

let host: LabHost;
let record: RegistryRecord;
useHost({}, async (made) => {
  host = made;
  const machine = (await host.must("cat /etc/machine-id")).trim();
  record = {
    schema: 1,
    kind: "Jail",
    token: "e".repeat(32),
    label: "Jail::x",
    stack: "p/s",
    machine,
    args: { user: "root" },
  };
  await host.must("mkdir -p /srv/jail/etc; cd /srv/jail/etc; : >named.conf; : >other; : >keep; ln -s /srv /srv/jail/l");
});

const site = () => siteOn(host, "/srv/jail");

/** Cuts every line once the request has arrived, and fails as if the reply never came. */
async function cutAll(reply: Promise<unknown>): Promise<void> {
  const lost = reply.catch((error: unknown) => error);
  await setTimeout(100);
  await host.cut();
  throw await lost;
}

/** Sends a request with incomplete data, cuts the line, and waits for the reaction of the host. */
async function cutAfter(line: string, data: string): Promise<void> {
  const lost = change(site(), async (agent) => {
    const reply = agent.request(line, Buffer.from(data, "latin1"));
    await cutAll(reply);
  });
  await expect(lost).rejects.toThrow(/lost the host: root@127\.0\.0\.1:\d+:\/srv\/jail: the connection was cut/);
  // The agent that was cut holds the lock until it has ended.
  await withAgent(site(), (agent) => lockRegistry(agent, "-x"));
}

const truncated = [
  ["in the middle of a name", "./etc\0./etc/named.conf\0".length, "./etc\0./etc/na"],
  ["so that a directory above is left", "./etc/named.conf\0".length, "./etc"],
  ["between two names", "./etc/named.conf\0./etc/other\0".length, "./etc/named.conf\0"],
  ["before the first byte", "./etc/named.conf\0".length, ""],
] as const;
const commands = { chown: " 3990:3990", chmod: " 00777", mkdir: "", quarantine: "" };

test("a list that was cut is not applied, wherever it was cut", async () => {
  await change(site(), (agent) => putRecords(agent, [record]));
  // The quarantine directory is made before the list is read.
  await host.must("mkdir -m 0700 /srv/jail/.pulumi-chroot");
  const before = walk(host.path("/srv/jail"));
  for (const [command, argument] of Object.entries(commands))
    for (const [where, length, data] of truncated) {
      await cutAfter(`${command} ${length}${argument}`, data);
      const after = walk(host.path("/srv/jail"));
      assert.deepEqual(after, before, `${command}, cut ${where}`);
    }
});

test("a record that was cut is not written, and the one before it stays", async () => {
  const next = { ...record, args: { user: "root", adopt: true } };
  const text = JSON.stringify(next);
  await cutAfter(`put ${text.length} ${record.token}`, text.slice(0, -1));
  const { records, damaged } = await observe(site());
  expect([records, damaged]).toStrictEqual([[record], []]);
  const left = await host.must(`ls -A /var/lib/pulumi-chroot/${registryName("/srv/jail")}`);
  assert.equal(left, `${record.token}.json\n`, "what was staged has gone with the next change");
});

test("a root that was cut is neither entered nor made", async () => {
  await withAgent(site(), async (agent) => {
    const { status, lines } = await agent.request("enter 13 make", Buffer.from("/srv/new/jai"));
    expect([status, lines]).toStrictEqual([1, []]);
  });
  expect((await host.sh("ls /srv/new")).code).toBe(2);
});

test("a request line that was cut is not served", async () => {
  const lost = change(site(), async (agent) => {
    await putRecords(agent, [record]);
    // Whole, had there been a newline.
    await agent.request("look", Buffer.from(`drop ${record.token}`));
    await cutAll(setTimeout(200).then(() => agent.request("look")));
  });
  await expect(lost).rejects.toThrow(/lost the host/);
  expect((await observe(site())).records).toStrictEqual([record]);
});

test("after a cut the next run finds the host as it is and goes on", async () => {
  await host.cut();
  await change(site(), (agent) => agent.request("chmod 6 00755", Buffer.from("./etc\0")));
  expect(await host.must("stat -c %a /srv/jail/etc")).toBe("755\n");
});
