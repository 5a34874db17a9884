import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import { drive, errorsOf } from "../support/driven";
import { prepareFaults } from "../support/faults";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Entries stand where a directory is declared, in a directory of the daemon. A link to outside must not be followed. */
let host: LabHost;
useHost({ accounts: account }, async (made) => {
  host = made;
  await host.must("mkdir -m 0700 -p /srv/outside/dir; : >/srv/outside/secret; chmod 0600 /srv/outside/secret");
});

const jail = { writable: { data: "uploads", "data/one": "a link", "data/two": "a link", "data/three": "a file" } };

async function make(root: string): Promise<void> {
  await host.must(`mkdir -p ${root}/data; cd ${root}/data; ln -s /srv/outside/dir one; ln -s /srv/outside/secret two
    : >three; chown -h www:www one two three; chmod 0600 three; chown root:www . ..; chmod 0750 ..; chmod 0770 .`);
}

test("a link where a directory is declared is not followed when it cannot be moved away", async () => {
  await make("/srv/refused");
  // The daemon may write in the root, and has made something else where things are moved away to.
  await host.must("cd /srv/refused; chmod 0770 .; : >.pulumi-chroot");
  const outside = walk(host.path("/srv/outside"));
  const writable = { ".": "all of it", ...jail.writable, "data/one/sub/deep": "is behind the link" };
  const page = { path: "data/one/page", content: "a page" };
  const errors = errorsOf(await drive(siteOn(host, "/srv/refused"), { writable }, {}, { page }).up());
  expect(host.path("/srv/outside")).toBeUntouched(outside);
  expect(errors.join()).toMatch(/\.pulumi-chroot/);
  const three = walk(host.path("/srv/refused/data")).get("three" as Bytes);
  assert.deepEqual([three?.type, three?.mode], ["file", 0o600], "nor does it get the mode of the directory");
});

test("a link where a directory is declared is not followed when the line is cut before it is moved away", async () => {
  const faults = await prepareFaults(host);
  const run = (root: string) => drive(siteOn(host, root), jail).up();
  await make("/srv/counted");
  const operations = await faults.record(() => run("/srv/counted"));
  const outside = walk(host.path("/srv/outside"));
  for (const [index, { tool }] of operations.entries()) {
    // The plan of what is opened is moved into its place; then what stands in the way is moved, and directories are made.
    if (tool !== "mv" && tool !== "mkdir") continue;
    await make(`/srv/cut${index}`);
    await faults.inject("cut", index + 1, () => run(`/srv/cut${index}`));
    assert.deepEqual(walk(host.path("/srv/outside")), outside, `cut at ${index + 1}, ${tool}`);
  }
});
