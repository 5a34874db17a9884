import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import { walk } from "../support/jail-site";
import { account } from "../support/program";
import { sudoer } from "../support/sudoer";

describe("a user that is not root and becomes nobody", () => {
  const lab = useLab({ accounts: { ...account, ...sudoer } });

  test("is told so by preview and up, which touch nothing, also where the tree is its own", async () => {
    const { host } = lab;
    await host.must(`mkdir -p /home/admin /srv/theirs/a; : >/srv/theirs/a/one
      chown -R admin:admin /home/admin /srv/theirs; chmod 777 /srv/theirs/a`);
    const seen = () =>
      ["/srv", "/var/lib"].map((top) => [...walk(host.path(top))].map(([path, { ctime }]) => [path, ctime]));
    const before = seen();
    const stack = await lab.stack();
    const connection = { ...host.connection, user: "admin" };
    for (const [name, more] of [["theirs", { adopt: true }], ["absent"]] as const) {
      const jail = { connection, root: `/srv/${name}`, directories: { a: "one" }, ...more };
      stack.declare({ jails: { [name]: jail }, files: { one: { jail: name, path: "a/one", content: "mine" } } });
      const preview = ok(await stack.preview("--diff"));
      const resources = [name, "one"].map((each) => shownDrift(preview, each, "create")?.["(host)"] ?? "");
      for (const drift of resources)
        expect(drift).toMatch(/^not checked: logged in with uid 1000, but only root can .*; log in as root/);
      const up = failed(await stack.up("--diff"));
      expect(up).toMatch(
        new RegExp(`: admin@[^ ]+:/srv/${name}: only root may .*: log in as root, or set connection\\.become`),
      );
      expect(seen()).toStrictEqual(before);
    }
    expect(before.flat().length).toBeGreaterThan(3);
  });
});
