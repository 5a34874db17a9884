import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { ChrootError, type ErrorCode } from "../../provider/errors";
import { type Connection, connectionArgs } from "../../provider/model/connection";
import { closeAll, observe } from "../support/connections";
import { siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { installSudo, password, sudoer, sudoers } from "../support/sudoer";
import { useHost } from "../support/use-host";

const allowed = "admin ALL=(root) /bin/sh";
const nopasswd = "admin ALL=(root) NOPASSWD: /bin/sh";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`becoming root on ${flavour}`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: sudoer }, async (made) => {
      host = made;
      await installSudo(host);
      await host.must("mkdir -p /srv/jail/etc && chmod 700 /srv/jail/etc && touch /srv/jail/etc/key");
    });
    afterEach(async () => {
      await closeAll();
      sudoers(host, allowed);
    });

    const see = (become: Connection["become"], more: Partial<Connection> = {}) =>
      observe(siteOn(host, "/srv/jail", { user: "admin", become, ...more }));
    const sees = async (become: Connection["become"]) => expect((await see(become)).entries.size).toBe(3);

    async function fails(work: Promise<unknown>, code: ErrorCode, why: RegExp): Promise<void> {
      await assert.rejects(work, (error) => {
        assert.ok(error instanceof ChrootError, String(error));
        expect(error.message).toMatch(/cannot become root: admin@127\.0\.0\.1:\d+:\/srv\/jail: /);
        expect(error.message).toMatch(why);
        assert.equal(error.code, code, error.message);
        assert.equal(error.message.split("\n").length, 2, error.message);
        expect(`${error.message} ${error.stack}`).not.toMatch(new RegExp(password));
        return true;
      });
    }
    const sudo = { method: "sudo", password } as const;

    for (const [what, ...lines] of [
      ["by default", allowed],
      ["with another PATH for commands", "Defaults secure_path=/nowhere", allowed],
      ["with the user's environment", "Defaults !env_reset", allowed],
      ["with a terminal of its own", "Defaults use_pty", allowed],
      ["with a lecture each time", "Defaults lecture=always", allowed],
      ["where nobody is asked", nopasswd],
    ] as const)
      test(`sudo with a password works ${what}`, async () => {
        sudoers(host, ...lines);
        await Promise.all([sees(sudo), sees(sudo), sees(sudo)]);
      });

    test("sudo without a password works where none is asked for, and says so where one is", async () => {
      await fails(
        see({ method: "sudo" }),
        "not-root",
        /asks for a password, but none is declared\nset connection\.become/,
      );
      sudoers(host, nopasswd);
      await sees({ method: "sudo" });
    });

    test("a password that is wrong is tried once, however many wait for it", async () => {
      await host.must("rm -f /var/log/asked");
      writeFileSync(
        host.path("/etc/pam.d/sudo"),
        "auth sufficient pam_unix.so\nauth required pam_exec.so quiet seteuid /opt/count\nauth required pam_deny.so\naccount required pam_unix.so\nsession required pam_permit.so\n",
      );
      writeFileSync(host.path("/opt/count"), "#!/bin/sh\necho asked >>/var/log/asked\n");
      chmodSync(host.path("/opt/count"), 0o755);
      try {
        const wrong = { method: "sudo", password: `not ${password}` } as const;
        const why =
          /sudo asks for the password of admin, and does not accept connection\.become\.password, which was tried once/;
        await Promise.all([1, 2, 3, 4, 5, 6].map(() => fails(see(wrong), "authentication", why)));
        await fails(see(wrong), "authentication", why);
        // sudo asks again at once, and some time later PAM takes the end of input for a failure too: not three for each of the seven.
        expect(await host.must("cat /var/log/asked")).toMatch(/^(asked\n){1,2}$/);
        await sees(sudo);
      } finally {
        await installSudo(host);
      }
    });

    test("the password of root is named where that is asked for", async () => {
      sudoers(host, "Defaults targetpw", allowed);
      await fails(see(sudo), "authentication", /asks for the password of root, and does not accept/);
    });

    for (const [what, lines, why] of [
      [
        "somebody who is not in sudoers",
        [],
        /does not allow this user to run \/bin\/sh as root\n.*`admin ALL=\(root\)/,
      ],
      ["another command", ["admin ALL=(root) /bin/ls"], /does not allow this user to run \/bin\/sh as root/],
      ["no terminal", ["Defaults requiretty", allowed], /\(requiretty\)\n.*`Defaults:admin !requiretty`/],
    ] as const)
      test(`sudo that refuses ${what} is told so, with what to do`, async () => {
        sudoers(host, ...lines);
        await fails(see(sudo), "not-root", why);
      });

    // NOEXEC has no effect on BusyBox, which is linked statically and whose shell runs its own applets without starting a program.
    if (flavour === "gnu")
      test("a shell that may start nothing is told so", async () => {
        sudoers(host, "Defaults noexec", allowed);
        await fails(see(sudo), "not-root", /\(NOEXEC\)\nallow it in sudoers/);
      });

    test("what else sudo says is told in its own words", async () => {
      await host.must("chmod 666 /etc/sudoers");
      await fails(see(sudo), "not-root", /sudo was refused: .*is world writable/);
    });

    test("an account that has expired is told so", async () => {
      const shadow = await host.must("cp /etc/shadow /etc/shadow.kept && grep ^admin: /etc/shadow");
      const [name, hash] = shadow.split(":");
      await sees(sudo); // sshd would not let it in either.
      try {
        for (const [fields, why] of [
          ["19000:0:99999:7::19000:", /account or its password has expired/],
          ["0:0:99999:7:::", /account or its password has expired/],
        ] as const) {
          await host.must(`sed -i 's|^admin:.*|${name}:${hash}:${fields}|' /etc/shadow`);
          await fails(see(sudo), "not-root", why);
        }
      } finally {
        await host.must("mv /etc/shadow.kept /etc/shadow");
      }
    });

    test("doas works where it is permitted without a password", async () => {
      const doas = (text: string) => {
        writeFileSync(host.path("/etc/doas.conf"), text);
        chmodSync(host.path("/etc/doas.conf"), 0o600);
      };
      await fails(see({ method: "doas" }), "not-root", /doas\.conf does not permit this user/);
      doas("permit nopass root\n");
      await fails(
        see({ method: "doas" }),
        "not-root",
        /doas\.conf does not permit this user.*\n.*`permit nopass admin as root`/,
      );
      doas("permit admin as root\n");
      await fails(
        see({ method: "doas" }),
        "not-root",
        /doas asks for a password, which it reads from a terminal alone/,
      );
      doas("permit nopass admin as root cmd /bin/sh\n");
      await sees({ method: "doas" });
    });

    test("a shell that prints at login, and tells what it runs, takes no password for its own", async () => {
      const profile = host.path("/etc/ssh/sshrc");
      writeFileSync(profile, "echo hello; echo oops >&2; seq 3000\n");
      await host.must(`sed -i 's|^\\(admin:.*:\\).*|\\1/opt/loud|' /etc/passwd`);
      writeFileSync(host.path("/opt/loud"), '#!/bin/sh\necho loud\nexec sh -x "$@"\n');
      chmodSync(host.path("/opt/loud"), 0o755);
      try {
        await sees(sudo);
        sudoers(host, nopasswd);
        await sees(sudo);
        await closeAll();
        writeFileSync(profile, "");
        await host.must(`sed -i 's|^\\(admin:.*:\\).*|\\1/usr/sbin/nologin|' /etc/passwd`);
        await fails(see(sudo), "not-root", /not available|not exist|No such file/);
      } finally {
        await host.must(`rm ${"/etc/ssh/sshrc"}; sed -i 's|^\\(admin:.*:\\).*|\\1/bin/sh|' /etc/passwd`);
      }
    });
  });

describe("a host without sudo and doas", () => {
  let host: LabHost;
  useHost({ flavour: "busybox", accounts: sudoer }, (made) => {
    host = made;
  });
  for (const method of ["sudo", "doas"] as const)
    test(`${method} is not there`, () =>
      assert.rejects(observe(siteOn(host, "/srv", { user: "admin", become: { method } })), {
        message: new RegExp(
          `cannot become root: .*: ${method} is not installed\ninstall ${method} there, or log in as root`,
        ),
      }));
});

test("what sudo would not read of a password is refused", () => {
  const parse = (value: string) => connectionArgs.safeParse({ host: "h", become: { method: "sudo", password: value } });
  assert.ok(parse("x".repeat(255)).success);
  for (const value of ["line\n", "two\nlines", "\r", "\0", "ä".repeat(128)]) {
    const { error } = parse(value);
    expect(error?.message ?? "").toMatch(/has a line break, or more than 255 bytes/);
  }
});
