import { describe, expect, test } from "@jest/globals";
import { assertJailed, bound } from "../support/daemon";
import { failed, ok, shownDrift } from "../support/e2e";
import { named, rndcKey, root, useNamed } from "../support/named-server";

describe.each(["yaml", "python", "go"] as const)("named in the jail of examples/named-%s", (language) => {
  const { example, ports, dig } = useNamed({ isServing: true, language });

  test("answers from the jail, and the next preview is empty", async () => {
    expect(await dig("www.example.com", "A")).toBe("192.0.2.80");
    assertJailed(bound(example.host, "udp", ports.dns)[0], root, named);
    expect(example.stack.stateText()).not.toContain(rndcKey);
    ok(await example.stack.preview("--expect-no-changes"));
  });

  // The plugin finds drift for every language alike.
  if (language !== "yaml") return;
  test("drift is shown in a plain preview, and up repairs it", async () => {
    const { host, stack } = example;
    await host.must(`chmod 0755 ${root}/var/run`);
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    expect(shownDrift(preview, "named-run")).toStrictEqual({ "var/run": "0755 => 0775, LOOSER" });
    ok(await stack.up());
    expect(await host.must(`stat -c '%U:%G %a' ${root}/var/run`)).toBe("root:named 775\n");
    ok(await stack.preview("--expect-no-changes"));
  });
});
