import { describe, expect, test } from "@jest/globals";
import { registryHome } from "../../../provider/agent/site";
import { drive, type FileParts, type JailPart } from "../../support/driven";
import { directory, file } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

const root = "/srv/jail";
const files: FileParts = {
  made: { path: "etc/made", content: "made", hostLink: "/etc/made" },
  replaced: { path: "etc/replaced", content: "ours" },
  spooled: { path: "data/in", content: "first" },
};

describe("files whose resources leave the program", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });

  /** The paths that are left once the Jail was updated and the resources, unless retained, are deleted. */
  async function leftOf(undeclared: "report" | "prune", isRetained = false): Promise<string[]> {
    const owned = directory(0o750, { gid: 1033 });
    host.files.remove("/srv", "/etc/made", registryHome);
    host.files.make(root, { ".": owned, etc: owned, "etc/replaced": file("mine") });
    const jail: JailPart = { undeclared, directories: { etc: "settings" }, writable: { data: "uploads" } };
    const before = drive(host.site(root), jail, {}, files);
    expect(await before.up()).toSucceed();
    host.files.write(`${root}/etc/made`, "changed by hand");
    const departed = Object.keys(files).map((name) => `JailFile::${name}`);
    expect(await drive(host.site(root), jail, {}, {}, departed).up()).toSucceed();
    if (!isRetained) for (const name of Object.keys(files)) await before.forget(name);
    const left = host.files.below(root).filter((path) => !["data", "etc"].includes(path));
    expect(host.files.told("/etc/made") === "absent").toBe(!isRetained);
    return left.map((path) => path.replace(/\d+T\d+/, "TIME")).sort();
  }

  const quarantined = ["", "/TIME-0", "/TIME-1", "/index", "/places"].map((name) => `.pulumi-chroot${name}`);

  test("go if nothing was there before, also if they were changed since; one where the daemon may write stays", async () => {
    expect(await leftOf("report")).toStrictEqual(["data/in", "etc/replaced"]);
    expect(host.files.read(`${root}/etc/replaced`)).toBe("ours");
  });

  test("stay if they are retained", async () => {
    expect(await leftOf("report", true)).toStrictEqual(["data/in", "etc/made", "etc/replaced"]);
  });

  test("come into the quarantine of a jail that prunes, retained or not", async () => {
    for (const isRetained of [false, true])
      expect(await leftOf("prune", isRetained)).toStrictEqual([...quarantined, "data/in"]);
  });
});
