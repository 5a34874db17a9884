import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { type SecretFiles, secretFiles, tellsNothing, texts } from "../support/secret-files";

describe("a secret content", () => {
  const lab = useLab();

  test("is not shown when it becomes a plain one", async () => {
    const stack = await lab.stack();
    const given: SecretFiles = { jail: lab.jail("/srv/plain"), texts };
    stack.program(secretFiles, given);
    ok(await stack.up());
    stack.program(secretFiles, { ...given, texts: ["plain text of another size\n", texts[1]], isPlain: true });
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/0644 content differs => 0644 as declared/);
    const up = ok(await stack.up("--diff"));
    for (const output of [preview, up]) {
      tellsNothing(output, "what is shown");
      expect(output).not.toMatch(/\d+ bytes|sha256:/);
    }
    ok(await stack.preview("--expect-no-changes"));
    await lab.host.must("echo other >/srv/plain/etc/key");
    expect(ok(await stack.preview())).toMatch(/-other\n.*\+plain text of another size/);
  });
});
