import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { useArchiveJail } from "../support/archive-jail";
import { ok, shownDrift } from "../support/e2e";

describe("an entry of an archive", () => {
  const { lab, shared, root, declare, contents, inodes } = useArchiveJail({ isMade: true });

  test("that has not changed is not sent again when others of its archive have", async () => {
    const { stack } = shared;
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
});
