import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";

describe("rules of a jail", () => {
  const lab = useLab();

  test("one that is made after an await is known from the registry, and the log says so", async () => {
    const args = { ...lab.jail("/srv/awaits", { directories: { a: "one" } }), user: "www", group: "www" };
    const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
    const awaits = await lab.stack();
    awaits.program(
      async ({ Jail, PermissionRule }, given) => {
        const jail = new Jail("app", given);
        await new Promise((resolve) => setTimeout(resolve, 50));
        new PermissionRule("late", { jail, match: "a", directoryMode: "0711", reason: "a test" });
      },
      { ...args, baseline },
    );
    ok(await awaits.up());
    expect(await lab.host.must("stat -c %a /srv/awaits/a")).toBe("711\n");
    const preview = ok(await awaits.preview("--diff", "--expect-no-changes"));
    expect(preview).toMatch(
      /PermissionRule::late was not known when the Jail was checked \(declared after an await, or/,
    );
    expect(preview).toMatch(/3 unchanged/);
  });

  test("one whose path is a mistake now is told so, and is not said to be declared late", async () => {
    const mistaken = await lab.stack();
    const declareAt = (path: string) =>
      mistaken.declare({
        jails: { app: lab.jail("/srv/mistaken") },
        files: { f: { jail: "app", path, content: "x" }, g: { jail: "app", path: "etc/g", content: "x" } },
      });
    declareAt("etc/f");
    ok(await mistaken.up());
    declareAt("/etc/f");
    const preview = failed(await mistaken.preview());
    expect(preview).toMatch(/"\/etc\/f" is absolute/);
    expect(preview).not.toMatch(/was not known/);
  });
});
