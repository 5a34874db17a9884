import { describe, expect, test } from "@jest/globals";
import { registryHome, registryName } from "../../../provider/agent/site";
import { drive, errorsOf, type FileParts, liveTextsOf } from "../../support/driven";
import { directory, file, link } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

describe("files of a jail on a host", () => {
  let host: MemoryHost;
  let count = 0;
  let root = "";
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const run = (files: FileParts, jail = {}) => drive(host.site(root), jail, {}, files);
  /** The errors of an `up`, and the drift of each file in the next preview. */
  async function up(files: FileParts, jail = {}): Promise<{ errors: string[]; drift: Record<string, string> }> {
    const errors = errorsOf(await run(files, jail).up());
    return { errors, drift: await drift(files, jail) };
  }
  const drift = (files: FileParts, jail = {}) => liveTextsOf(run(files, jail));
  const none = { errors: [], drift: {} };
  const fresh = () => {
    root = `/srv/jail${++count}`;
  };

  test("a link on the host, and a file in a jail, come into a directory with setgid", async () => {
    fresh();
    host.files.make(root, { ".": directory(0o2750, { gid: 1033 }), "/etc/links": directory(0o2755) });
    const hostLink = `/etc/links/app${count}`;
    const { errors } = await up({ one: { path: "one", content: "1" } }, { writable: { ".": "all of it" } });
    expect(errors).toStrictEqual([]);
    expect((await up({ one: { path: "one", content: "1", hostLink } })).errors).toStrictEqual([]);
    expect([host.files.read(hostLink), host.files.names("/etc/links")]).toStrictEqual(["1", [`app${count}`]]);
  });

  test("a link on the host goes with its resource, whatever stood there; a file of somebody else's does not go", async () => {
    fresh();
    host.files.make(root, {
      etc: directory(),
      "etc/adopted": file("mine\n"),
      [`/etc/real${count}`]: file("real\n"),
      "/hot": directory(0o777),
    });
    const files: FileParts = {
      adopted: { path: "etc/adopted", content: "ours" },
      made: { path: "etc/made", content: "ours", hostLink: `/etc/real${count}`, overwrite: true },
      hot: { path: "etc/hot", content: "ours", hostLink: "/hot/link" },
    };
    const first = await up(files);
    expect(first.errors.length).toBe(1);
    expect(first.errors[0] ?? "").toMatch(
      /\/hot\/link is below \/hot, which is root:root 0777: users other than root could/,
    );
    expect(host.files.read(`/etc/real${count}`)).toBe("ours");
    const backup = `${registryHome}/${registryName(root)}/backup`;
    const kept = host.files.names(backup).filter((name) => name !== "index");
    expect(kept.map((name) => host.files.read(`${backup}/${name}`)).sort()).toStrictEqual(["mine\n", "real\n"]);
    const index = host.files.read(`${backup}/index`);
    const line = new RegExp(`^\\S+-[0-9a-f]{8} \\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z /etc/real${count}$`, "m");
    expect(index).toMatch(line);
    expect(index).toMatch(/^(\S+) \S+ \/srv\/jail\d+\/etc\/adopted$/m);
    host.files.remove(`/etc/real${count}`);
    host.files.make("/etc", { [`real${count}`]: link("/nowhere") });
    expect(Object.keys(await drift(files)).sort()).toStrictEqual([`/etc/real${count}`, "etc/hot"]);
    expect(Object.keys((await up(files)).drift)).toStrictEqual(["etc/hot"]);
    const driven = run(files);
    await driven.forget("adopted");
    await driven.forget("made");
    expect(host.files.names(`${root}/etc`)).toStrictEqual(["adopted"]);
    expect(host.files.told(`/etc/real${count}`)).toBe("absent");
  });

  test("a link that a directory is in the way of is refused with both, as in a jail older than the host's merged /usr", async () => {
    fresh();
    host.files.make(root, { ".": directory(), bin: directory(), "bin/sh": file("old") });
    const { errors } = await up({ bin: { path: "bin", symlinkTo: "usr/bin" } });
    expect(errors.join()).toMatch(
      /bin is a directory, and is to be a link to usr\/bin \(.+\); up never replaces a directory: move its files to where the link leads, then remove the directory/,
    );
    expect(host.files.read(`${root}/bin/sh`)).toBe("old");
  });

  test("one that is renamed keeps its file, and takes it with it in the end", async () => {
    fresh();
    expect(await up({ before: { path: "etc/x", content: "x" } })).toStrictEqual(none);
    const after = drive(host.site(root), {}, {}, { after: { path: "etc/x", content: "x" } }, ["JailFile::before"]);
    expect(await after.up()).toSucceed();
    await run({ before: { path: "etc/x", content: "x" } }).forget("before");
    expect(host.files.read(`${root}/etc/x`)).toBe("x");
    await after.forget("after");
    expect(host.files.names(`${root}/etc`)).toStrictEqual([]);
  });
});
