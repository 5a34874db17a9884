import { describe, expect, test } from "@jest/globals";
import { ok, section, shownDrift, useLab } from "../support/e2e";
import { unchanged } from "../support/identity-scene";

describe("a resource and its record", () => {
  const lab = useLab();

  test("a rule below a Jail whose arguments are not known yet is not checked, and that is said", async () => {
    const args = { ...lab.jail("/srv/unknown", { directories: { etc: "a test" } }), user: "www", group: "www" };
    const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
    const stack = await lab.stack();
    const declare = (isLater: boolean) =>
      stack.program(
        ({ Jail, PermissionRule }, { given, later }) => {
          const first = new Jail("first", { ...given, root: "/srv/first" });
          const user = later ? first.machineId.apply(() => "www") : "www";
          const jail = new Jail("app", { ...given, user });
          if (later) new Jail("second", { ...given, root: first.machineId.apply(() => "/srv/second") });
          new PermissionRule("r", { jail, match: "etc", directoryMode: "0711", reason: "a test" });
        },
        { given: { ...args, baseline, ...(isLater ? { writable: { tmp: "a test" } } : {}) }, later: isLater },
      );
    declare(false);
    ok(await stack.up());
    declare(true);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "r")?.["(host)"] ?? "").toMatch(
      /^not checked: some arguments of its Jail are not known/,
    );
    expect(section(preview, "app") ?? "").toMatch(/not checked: some of its arguments are not known/);
    ok(await stack.up());
    await unchanged(stack);
  });
});
