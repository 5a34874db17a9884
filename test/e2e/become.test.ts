import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { hostProcesses } from "../../scripts/lab/processes";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { installSudo, password, sudoer, sudoers } from "../support/sudoer";

/** Watches all processes of the host until it is told to end: does one have the password in its arguments or environment? */
function watch(host: LabHost): () => Promise<string[]> {
  const found = new Set<string>();
  let isOver = false;
  let seen = 0;
  const over = (async () => {
    for (; !isOver; await setTimeout(1))
      for (const { pid, name } of hostProcesses(host.pid))
        for (const file of ["cmdline", "environ"])
          try {
            const text = readFileSync(`/proc/${pid}/${file}`, "latin1");
            if (name === "sudo") seen++;
            if (text.includes(password)) found.add(`${file} of ${name}`);
          } catch {
            // it has ended
          }
  })();
  return async () => {
    isOver = true;
    await over;
    assert.ok(seen > 0, "sudo was seen at work");
    return [...found];
  };
}

describe("a user that becomes root by sudo", () => {
  const lab = useLab({ accounts: { ...account, ...sudoer } });
  const allowed = "admin ALL=(root) /bin/sh";
  const logged = "Defaults log_input,log_output,!compress_io,iolog_dir=/var/log/sudo-io,logfile=/var/log/sudo.log";

  for (const [what, rule, given] of [
    ["is asked for a password", allowed, password],
    ["is not asked, with a password declared", "admin ALL=(root) NOPASSWD: /bin/sh", password],
    ["has another password", allowed, `not ${password}`],
  ] as const)
    test(`who ${what} leaves it nowhere in the clear`, async () => {
      const { host } = lab;
      await installSudo(host);
      sudoers(host, logged, rule);
      const root = `/srv/become-${what.length}`;
      const stack = await lab.stack();
      const connection = { ...host.connection, user: "admin", become: { method: "sudo" as const, password: given } };
      stack.declare({ jails: { app: { connection, root, directories: { a: "one" } } } });
      const end = watch(host);
      const seen: string[] = [];
      if (given === password) {
        seen.push(ok(await stack.up("--diff")));
        expect(await host.must(`stat -c '%U:%G %a' ${root}/a`)).toBe("root:www 750\n");
        await host.must(`chmod 777 ${root}/a`);
        const drift = ok(await stack.preview("--diff"));
        expect(shownDrift(drift, "app")?.["a"] ?? "").toMatch(/0777/);
        seen.push(drift, ok(await stack.up("--diff")));
        expect(await host.must(`stat -c %a ${root}/a`)).toBe("750\n");
      } else {
        const output = failed(await stack.up("--diff"));
        expect(output).toMatch(/cannot become root: admin@.*does not accept connection\.become\.password/);
        seen.push(output);
      }
      expect(await end()).toStrictEqual([]);
      seen.push((await stack.pulumi("stack", "export")).output, stack.stateText());
      for (const text of seen) assert.ok(!text.includes(password), "it is in the clear");
      // The log of sudo exists and does not contain the password; neither does any other file of the host.
      if (given === password) expect(readdirSync(host.path("/var/log/sudo-io")).length).toBeGreaterThan(0);
      const files = await host.sh(`grep -rlF '${password}' /etc /home /opt /root /run /srv /tmp /var`);
      expect(files.stdout).toBe("");
    });
});
