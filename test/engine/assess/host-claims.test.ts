import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryHome, registryName } from "../../../provider/agent/site";
import { drive, errorsOf } from "../../support/driven";
import { refusalTexts } from "../../support/findings";
import { directory } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

describe("two jails on a host", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
    host.files.make("/etc", { linked: directory() });
  });
  const run = (root: string, name: string, hostLink: string) =>
    drive(host.site(root), {}, {}, { [name]: { path: `etc/${name}`, content: "x", hostLink } });

  test("do not take a place of the host from each other: the second one is refused before anything is touched", async () => {
    const hostLink = "/etc/linked/f";
    expect(await run("/srv/one", "first", hostLink).up()).toSucceed();
    const second = run("/srv/two", "second", hostLink);
    const refusals = refusalTexts((await second.assess()).plan);
    expect(refusals.join()).toMatch(
      /^JailFile::first puts \/etc\/linked\/f there too, for the jail \/srv\/one: give one/,
    );
    const [error = "", ...more] = errorsOf(await second.up("jail", "second"));
    expect(error).toMatch(
      /^JailFile::second is refused: .*:\/srv\/two: JailFile::first puts \/etc\/linked\/f there too/,
    );
    expect(more).toStrictEqual([]);
    expect(host.files.told(hostLink)).toBe("-> /srv/one/etc/first");
    assert.equal(host.files.told("/srv/two/etc/second"), "absent", "the file neither");
    assert.deepEqual(errorsOf(await run("/srv/one", "first", hostLink).up()), [], "the first one hears nothing of it");
    expect(await run("/srv/two", "second", "/etc/linked/g").up()).toSucceed();
  });

  test("hand a place on with a resource that goes from one to the other, and its end in the first one leaves it", async () => {
    const hostLink = "/etc/linked/moved";
    const before = run("/srv/one", "moved", hostLink);
    expect(await before.up()).toSucceed();
    expect(await run("/srv/two", "moved", hostLink).up()).toSucceed();
    expect(host.files.told(hostLink)).toBe("-> /srv/two/etc/moved");
    await before.forget("moved");
    expect(host.files.told(hostLink)).toBe("-> /srv/two/etc/moved");
  });

  test("are asked of this machine alone: what came with a copy of a disk, or cannot be read, keeps nobody from a place", async () => {
    const hostLink = "/etc/linked/copied";
    const before = run("/srv/one", "copied", hostLink);
    expect(await before.up()).toSucceed();
    host.files.remove(hostLink);
    const registry = `${registryHome}/${registryName("/srv/one")}`;
    const name = host.files.names(registry).find((one) => host.files.read(`${registry}/${one}`).includes("::copied"));
    host.files.change(`${registry}/${name}`, (text) => text.replace(/"machine": "[^"]*"/, '"machine": "another"'));
    host.files.write(`${registry}/broken.json`, `{ "hostLink": "${hostLink}"\n`);
    expect(await run("/srv/two", "other", hostLink).up()).toSucceed();
    expect(host.files.told(hostLink)).toBe("-> /srv/two/etc/other");
  });
});
