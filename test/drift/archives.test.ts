import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { useArchiveJail } from "../support/archive-jail";
import { looked, previewed } from "../support/look-and-preview";

describe("a look for drift at files from archives", () => {
  const { lab, shared, root } = useArchiveJail({ isMade: true });

  test("finds the tampered assets of a made archive as a preview does, and does not check a packed one or a directory", async () => {
    await lab.host.must(`cd ${root}/etc; for file in *; do echo tampered >$file; done`);
    const [shown] = [...(await previewed(shared.stack)).values()];
    // The archive on this machine is not the one that the last up has put in place.
    writeFileSync(join(shared.stack.directory, "conf.d", "deep", "site.conf"), "tampered\n");
    const [found] = [...(await looked(shared.stack, "project")).values()];
    const pathsOf = (of: typeof shown) => of?.differences.map(({ path }) => path).sort();
    expect(pathsOf(shown)).toStrictEqual(["etc/local", "etc/nested", "etc/site", "etc/text"]);
    expect(pathsOf(found)).toStrictEqual(["etc/local", "etc/text"]);
    const why = "not checked: the state has no checksum of its file in the archive: preview the stack";
    expect(found?.problems).toHaveLength(2);
    for (const name of ["nested", "site"])
      expect(found?.problems?.some((text) => text.includes(name) && text.includes(why))).toBe(true);
  });
});
