import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import { usePowers } from "../support/powers-scene";
import type { Stack } from "../support/stack";

describe("ACLs, capabilities and special bits", () => {
  const { declaration, clean, beginWithPing } = usePowers();
  let stack: Stack;

  beforeAll(async () => {
    stack = await beginWithPing();
  });

  test("that could be another's are refused: below what the daemon writes, and on what a glob matches", async () => {
    const jail = "app";
    stack.declare(declaration({ glob: { jail, match: "bin/*", capabilities: "cap_chown=ep" } }));
    const mistake = failed(await stack.preview());
    expect(mistake).toMatch(/capabilities.*needs a literal path/s);
    stack.declare(
      declaration({
        open: { jail, match: "bin", directoryMode: "0770", reason: "a mistake" },
        unknown: { jail, match: "bin", acl: ["user:nosuch:rX"] },
      }),
    );
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "ping")?.["(host)"] ?? "").toMatch(
      /^refused: bin\/ping is declared with capabilities, and users other than root may write in bin: /,
    );
    expect(shownDrift(preview, "unknown", "create")?.["(host)"] ?? "").toMatch(
      /^refused: the host has no user "nosuch"/,
    );
    stack.declare(declaration());
    await clean();
  });
});
