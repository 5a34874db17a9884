import { describe, expect, test } from "@jest/globals";
import { registryHome, registryName } from "../../../provider/agent/site";
import { leavingLines, otherFindings } from "../../../provider/engine/report/leaving-lines";
import { formatHost } from "../../../provider/model/connection";
import { remarks } from "../../../provider/render/text/findings/remarks";
import { type Driven, drive, type FileParts, type JailPart } from "../../support/driven";
import { directory, file } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";
import { newSession } from "../../support/session";

const root = "/srv/jail";
const registry = `${registryHome}/${registryName(root)}`;
const jail: JailPart = { directories: { etc: "settings" }, writable: { data: "uploads" } };
const files: FileParts = {
  made: { path: "etc/made", content: "made", hostLink: "/etc/made" },
  link: { path: "etc/link", symlinkTo: "made" },
  replaced: { path: "etc/replaced", content: "ours" },
  adopted: { path: "etc/adopted", content: "as it was" },
  spooled: { path: "data/in", content: "first" },
  other: { path: "etc/other", content: "x" },
};
const labels = Object.keys(files).map((name) => `JailFile::${name}`);

describe("files whose resources the program has dropped", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const at = (path: string) => `${formatHost(host.site(root).connection)}:${path}`;
  const dropped = (part: JailPart = jail): Driven => drive(host.site(root), part, {}, {}, labels);
  const told = async (driven: Driven) => {
    const { plan, observation } = await driven.assess();
    return [...leavingLines(plan, host.site(root)), ...remarks(otherFindings(plan), observation.principals)];
  };

  /** A jail with all files, and the log of their deletion. */
  async function prepare(part: JailPart = jail): Promise<{ before: Driven; logged: string[] }> {
    const owned = { gid: 1033 };
    host.files.remove("/srv", "/etc/made", registryHome);
    host.files.make(root, {
      ".": directory(0o750, owned),
      etc: directory(0o750, owned),
      "etc/replaced": file("mine"),
      "etc/adopted": file("as it was"),
    });
    const logged: string[] = [];
    const session = newSession(host.site(root), async (urn, severity, text) => {
      logged.push(`${urn}${severity} ${text}`);
    });
    const before = drive(host.site(root), part, {}, files, [], session);
    expect(await before.up()).toSucceed();
    host.files.remove(`${root}/etc/other`);
    host.files.make(root, { "etc/other": directory(0o750, owned), "etc/strange": file("", 0o640, owned) });
    return { before, logged };
  }

  test("are told in the preview with what their deletion does, and not as entries that no resource declares", async () => {
    await prepare();
    const reason = (name: string, end: string) =>
      `${at(`${root}/etc/${name}`)}: JailFile::${name} is no longer declared, and its deletion ${end}`;
    const lines = await told(dropped());
    expect(lines.sort()).toStrictEqual(
      [
        reason("made", "removes this file"),
        reason("link", "removes this link"),
        reason("replaced", "leaves this file, as it was there before JailFile::replaced"),
        reason("adopted", "leaves this file, as it was there before JailFile::adopted"),
        reason("other", "leaves this file, as it is a directory now, and was made as a file"),
        `${at(`${root}/data/in`)}: JailFile::spooled is no longer declared, and its deletion leaves this file, as it is below a directory where users other than root may write`,
        'not declared by any resource, held to the baseline (undeclared: "ignore" ends this line): etc/strange (new)',
      ].sort(),
    );
  });

  test("go by the state of their directory once everything is as declared", async () => {
    await prepare();
    host.files.chmod(0o777, `${root}/etc`);
    expect(await told(dropped())).toContain(
      `${at(`${root}/etc/made`)}: JailFile::made is no longer declared, and its deletion removes this file`,
    );
  });

  test("are moved away in a jail that prunes: the drift says so", async () => {
    await prepare();
    const lines = await told(dropped({ ...jail, undeclared: "prune" }));
    expect(lines).toStrictEqual([expect.stringContaining("/data/in: JailFile::spooled is no longer declared")]);
  });

  test("have no line where another resource declares the place, or no state has named their resources", async () => {
    await prepare();
    const ofMade = async (driven: Driven) => (await told(driven)).filter((line) => line.includes("/made"));
    const again = { again: { path: "etc/made", content: "made" } };
    expect(await ofMade(drive(host.site(root), jail, {}, again, labels))).toStrictEqual([]);
    expect((await ofMade(dropped())).length).toBe(1);
    const records = () => host.files.names(registry).filter((name) => name.endsWith(".json"));
    for (const name of records())
      host.files.change(`${registry}/${name}`, (text) => text.replace('"later"', '"with its Jail"'));
    const lost = await told(drive(host.site(root), jail));
    expect(lost).toStrictEqual([expect.stringMatching(/^not declared by any resource.*etc\/link \(new\), etc\/made/)]);
    const text = records()
      .map((name) => host.files.read(`${registry}/${name}`))
      .find((record) => record.includes("JailFile::made"));
    const token = "0123456789abcdef0123456789abcdef";
    const theirs = text?.replace(/"token": "[^"]*"/, `"token": "${token}"`).replace("test/dev", "other/prod") ?? "";
    host.files.make(registry, { [`${token}.json`]: file(theirs, 0o600) });
    expect(await ofMade(dropped())).toStrictEqual([]);
  });

  test("are told in the log as they are deleted, with the way to the copy of what was replaced", async () => {
    const { before, logged } = await prepare();
    const outcomes = await dropped().up();
    expect(outcomes).toSucceed();
    const { assessment } = outcomes[0] ?? {};
    const undeclared = assessment?.plan.findings.flatMap(({ id, at }) => (id === "undeclared-entry" ? [at] : []));
    expect(undeclared).toStrictEqual(["etc/adopted", "etc/other", "etc/replaced", "etc/strange"]);
    for (const name of Object.keys(files)) await before.forget(name);
    const copy = host.files.names(`${registry}/backup`).find((name) => name !== "index");
    const place = (path: string) => at(`${root}/${path}`);
    expect(logged).toStrictEqual([
      `info ${at("/etc/made")} was root:root 0777 link -> ${root}/etc/made, is now absent (JailFile::made is deleted)`,
      `info ${place("etc/made")} was root:www 0640 file, is now absent (JailFile::made is deleted)`,
      `info ${place("etc/link")} was root:root 0777 link -> made, is now absent (JailFile::link is deleted)`,
      `info ${place("etc/replaced")} stays, as it was there before JailFile::replaced; a copy of what was replaced there last is ${registry}/backup/${copy}`,
      `info ${place("etc/adopted")} stays, as it was there before JailFile::adopted`,
      `warning ${place("data/in")} stays, as it is below a directory where users other than root may write`,
      `warning ${place("etc/other")} stays, as it is a directory now, and was made as a file`,
    ]);
    expect(host.files.read(`${registry}/backup/${copy}`)).toBe("mine");
    const history = host.files
      .read(`${registry}/permissions.history`)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const [file, onHost, inJail] = history.slice(-3);
    expect(file).toMatchObject({ path: "etc/made", was: "root:www 0640 file", now: "absent", by: "JailFile::made" });
    expect(onHost).toMatchObject({ path: "/etc/made", reason: "its resource is deleted", stack: "test/dev" });
    expect(inJail).toMatchObject({ path: "etc/link", was: "root:root 0777 link -> made" });
  });

  test("are told with the resource that declares them, too", async () => {
    const { before, logged } = await prepare();
    const again = drive(host.site(root), jail, {}, { again: { path: "etc/made", content: "made" } }, labels);
    expect(await again.up()).toSucceed();
    await before.forget("made");
    expect(logged).toContain(`info ${at(`${root}/etc/made`)} stays, as it is declared by JailFile::again`);
    expect(host.files.read(`${root}/etc/made`)).toBe("made");
  });
});
