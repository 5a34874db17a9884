import { describe, expect, test } from "@jest/globals";
import { useArchiveJail } from "../support/archive-jail";
import { ok, shownDrift } from "../support/e2e";

describe("an entry of an archive", () => {
  const { shared, declare, contents } = useArchiveJail();

  test("is delivered, of one that the program makes, with archives in it, and of a directory", async () => {
    const { stack } = shared;
    declare();
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "text", "create")?.["etc/text"] ?? "").toMatch(/^absent => root:www 0640 file sha256:/);
    ok(await stack.up());
    expect(await contents()).toBe("local:local\nnested:site 1\nsite:site 1\ntext:in an archive\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    expect(ok(await stack.refresh("--expect-no-changes", "--diff"))).toMatch(/unchanged/);
  });
});
