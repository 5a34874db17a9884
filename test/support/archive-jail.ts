import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as chroot from "../../provider";
import { ok, useLab } from "./e2e";
import { useSharedStack } from "./shared-stack";

interface Given {
  readonly jail: chroot.JailArgs;
  /** Texts of an archive that the program makes, by their names in it. */
  readonly made: Readonly<Record<string, string>>;
  /** A directory or a packed archive, and the place of each entry. */
  readonly from: string;
  readonly entry: string;
}

const root = "/srv/app";

/** A jail whose files are entries of archives, which an `up` has put in place where `isMade`. To be called in a describe. */
export function useArchiveJail({ isMade = false } = {}) {
  const lab = useLab();

  const declare = ({ made = "in an archive\n", from = "conf.d", entry = "deep/site.conf" } = {}) =>
    shared.stack.program<Given>(
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
  const shared = useSharedStack(lab, async (stack) => {
    mkdirSync(join(stack.directory, "conf.d", "deep"), { recursive: true });
    writeFileSync(join(stack.directory, "conf.d", "deep", "site.conf"), "site 1\n");
    writeFileSync(join(stack.directory, "conf.d", "other.conf"), "other 1\n");
    writeFileSync(join(stack.directory, "local.conf"), "local\n");
    if (!isMade) return;
    declare();
    ok(await stack.up());
  });
  const contents = () => lab.host.must(`cd ${root}/etc && grep . *`);
  const inodes = () => lab.host.must(`cd ${root}/etc && stat -c '%n %i %Z' *`);
  return { lab, shared, root, declare, contents, inodes };
}
