import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useRepairedJail } from "../support/repaired-jail";

describe("a repair", () => {
  const { shared, must, untouched } = useRepairedJail();

  test("with --target of one rule is previewed and done for that rule alone", async () => {
    const { stack } = shared;
    await must("chmod 666 etc/a && chmod 4777 var && chmod 600 lib/y.so");
    const target = ["--target", stack.resource("var").urn];
    const before = await untouched("var");
    const preview = ok(await stack.preview("--diff", ...target));
    expect(shownDrift(preview, "var")).toStrictEqual({ var: "4777 => 0711" });
    expect(preview).toMatch(/~ 1 to update/);
    expect(ok(await stack.up(...target))).toMatch(/~ 1 updated/);
    expect(await must("stat -c %a var")).toBe("711\n");
    expect(await untouched("var")).toStrictEqual(before);
    const rest = ok(await stack.preview("--diff"));
    expect(shownDrift(rest, "app")).toStrictEqual({ "etc/a": "root:www 0666 => root:www 0640" });
    expect(shownDrift(rest, "lib")).toStrictEqual({ "lib/y.so": "0600 => 0644, LOOSER" });
    ok(await stack.up());
  });
});
