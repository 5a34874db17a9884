import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { useArchiveJail } from "../support/archive-jail";
import { failed } from "../support/e2e";

describe("an entry of an archive", () => {
  const { shared, declare, inodes } = useArchiveJail({ isMade: true });

  test("of a packed archive, or one that is not there, is refused with what to do, and nothing is touched", async () => {
    const { stack } = shared;
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
