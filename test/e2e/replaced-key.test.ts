import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import { SSHD_PATHS } from "../support/sshd-config";

describe("credentials", () => {
  const lab = useLab();

  test("of an account are replaced in the state alone: nothing on the host is touched, nothing replaced", async () => {
    const { host } = lab;
    const site = await lab.stack();
    const change = (connection: object) =>
      site.declare({
        jails: {
          app: { connection: { ...host.connection, ...connection }, root: "/srv/app", directories: { a: "one" } },
        },
        rules: { one: { jail: "app", match: "a", directoryMode: "0711" } },
        files: { file: { jail: "app", path: "a/b", content: "text" } },
      });
    change({});
    ok(await site.up());
    const times = () => host.must("find /srv/app /var/lib/pulumi-chroot -printf '%p %C@ %i\\n' | sort");
    const untouched = await times();
    const next = makeKey("ed25519");
    writeFileSync(host.path(SSHD_PATHS.authorizedKeys), `${next.publicKey}\n`);

    const refresh = ok(await site.refresh("--diff"));
    expect(shownDrift(refresh, "app")?.["(host)"] ?? "").toMatch(
      /^not checked: it does not accept connection\.privateKey/,
    );
    expect(refresh).toMatch(/run `pulumi up` first/);

    change({ privateKey: next.privateKey });
    const up = ok(await site.up("--diff"));
    expect(up).not.toMatch(/replaced/);
    expect(await times()).toBe(untouched);
    expect(ok(await site.refresh("--diff"))).not.toMatch(/not checked/);
    expect(ok(await site.preview("--expect-no-changes"))).toMatch(/4 unchanged/);

    const last = makeKey("ed25519");
    writeFileSync(host.path(SSHD_PATHS.authorizedKeys), `${last.publicKey}\n`);
    expect(failed(await site.destroy())).toMatch(/does not accept connection\.privateKey\n.*run `pulumi up` first/);
    change({ privateKey: last.privateKey });
    ok(await site.up());
    ok(await site.destroy());
    expect(await host.must("cat /srv/app/a/b")).toBe("text");
  });
});
