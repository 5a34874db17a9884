import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";

interface Given {
  readonly jail: chroot.JailArgs;
  /** Texts of an archive that the program makes, by their names in it. */
  readonly made: Readonly<Record<string, string>>;
  /** A directory or a packed archive, and the place of each entry. */
  readonly from: string;
  readonly entry: string;
}

describe("an entry of an archive", () => {
  const lab = useLab();
  const root = "/srv/app";
  let stack: Stack;

  const declare = ({ made = "in an archive\n", from = "conf.d", entry = "deep/site.conf" } = {}) =>
    stack.program<Given>(
      ({ Jail, JailFile }, { jail: args, made: texts, from: path, entry: name }, { asset }) => {
        const { AssetArchive, FileArchive, FileAsset, StringAsset } = asset;
        const jail = new Jail("app", args);
        const given = Object.entries(texts).map(([key, text]) => [key, new StringAsset(text)]);
        const archive = new AssetArchive({
          ...Object.fromEntries(given),
          "local.conf": new FileAsset("local.conf"),
          nested: new FileArchive("conf.d"),
        });
        const file = (to: string, source: chroot.JailFileArgs["source"], from: string) =>
          new JailFile(to, { jail, path: `etc/${to}`, source, entry: from, reason: "a test" });
        file("text", archive, "sub/a.conf");
        file("local", archive, "local.conf");
        file("nested", archive, "nested/deep/site.conf");
        file("site", new FileArchive(path), name);
      },
      {
        jail: {
          ...lab.jail(root),
          user: "www",
          group: "www",
          baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
        },
        made: { "sub/a.conf": made, "sub/b.conf": "not asked for\n" },
        from,
        entry,
      },
    );
  const contents = () => lab.host.must(`cd ${root}/etc && grep . *`);
  const inodes = () => lab.host.must(`cd ${root}/etc && stat -c '%n %i %Z' *`);

  beforeAll(async () => {
    stack = await lab.stack();
    mkdirSync(join(stack.directory, "conf.d", "deep"), { recursive: true });
    writeFileSync(join(stack.directory, "conf.d", "deep", "site.conf"), "site 1\n");
    writeFileSync(join(stack.directory, "conf.d", "other.conf"), "other 1\n");
    writeFileSync(join(stack.directory, "local.conf"), "local\n");
  });

  test("is delivered, of one that the program makes, with archives in it, and of a directory", async () => {
    declare();
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "text", "create")?.["etc/text"] ?? "").toMatch(/^absent => root:www 0640 file sha256:/);
    ok(await stack.up());
    expect(await contents()).toBe("local:local\nnested:site 1\nsite:site 1\ntext:in an archive\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    expect(ok(await stack.refresh("--expect-no-changes", "--diff"))).toMatch(/unchanged/);
  });

  test("that has not changed is not sent again when others of its archive have", async () => {
    const before = await inodes();
    writeFileSync(join(stack.directory, "conf.d", "other.conf"), "other 2\n");
    ok(await stack.up());
    expect(await inodes()).toBe(before);
    declare({ made: "changed\n" });
    ok(await stack.up());
    expect(await contents()).toBe("local:local\nnested:site 1\nsite:site 1\ntext:changed\n");
    const changed = (await inodes()).split("\n").filter((line) => !before.includes(line));
    expect(changed.map((line) => line.split(" ")[0])).toStrictEqual(["text"]);
    await lab.host.must(`echo other >${root}/etc/site`);
    expect(shownDrift(ok(await stack.preview("--diff")), "site")?.["etc/site"] ?? "").toMatch(/^sha256:.* => sha256:/);
    ok(await stack.up());
    expect(await contents()).toBe("local:local\nnested:site 1\nsite:site 1\ntext:changed\n");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("of a packed archive, or one that is not there, is refused with what to do, and nothing is touched", async () => {
    const before = await inodes();
    // Empty ones, as the engine looks into them itself.
    writeFileSync(join(stack.directory, "packed.zip"), Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]));
    writeFileSync(join(stack.directory, "packed.tar"), Buffer.alloc(1024));
    for (const from of ["packed.zip", "packed.tar"]) {
      declare({ from, made: "changed\n" });
      const said = `${from} is a packed archive: unpack it, and give the directory or a FileAsset`;
      expect(failed(await stack.preview())).toContain(said);
      expect(failed(await stack.up())).toContain(said);
    }
    declare({ entry: "no.conf", made: "changed\n" });
    expect(failed(await stack.up())).toMatch(/cannot read .*conf\.d\/no\.conf: .*(ENOENT|no such file)/);
    declare({ entry: "../local.conf", made: "changed\n" });
    expect(failed(await stack.up())).toMatch(/the entry \.\.\/local\.conf leaves the archive/);
    expect(await inodes()).toBe(before);
  });
});
