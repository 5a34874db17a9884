import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findTool } from "../../scripts/lab/requirements";
import type { LabHost } from "./sshd";
import type { Stack } from "./stack";

/** A user who logs in, is not root, and has a password that must stay secret. */
export const sudoer = { admin: { uid: 1000, gid: 1000, home: "/home/admin", shell: "/bin/sh" } };
export const password = "c4nary:h0rse";
// openssl passwd -6 -salt labsalt1
const hash = "$6$labsalt1$Z6v7kLKEL/8XvWIW4VtHwZh0YWSspbwPOjl0AyFJjjia7oe9H1tkabfBcTjRHuLesUoPhhIRZ2ps3XrOhwkcp0";

const pam = ["auth required pam_unix.so", "account required pam_unix.so", "session required pam_permit.so", ""].join(
  "\n",
);

/** Puts sudo and doas on a lab host, with `admin`, whose password sudo asks for. */
export async function installSudo(host: LabHost): Promise<void> {
  for (const name of ["sudo", "doas"]) {
    const tool = findTool(name) ?? "";
    const there = host.path(tool);
    // The BusyBox flavour has the machine's libraries, but not its programs.
    if ((await host.sh(`[ -e ${tool} ]`)).code !== 0) {
      mkdirSync(dirname(there), { recursive: true });
      copyFileSync(tool, there);
      chmodSync(there, 0o4755);
    }
    mkdirSync(host.path("/etc/pam.d"), { recursive: true });
    writeFileSync(host.path(`/etc/pam.d/${name}`), pam);
  }
  await host.must(`sed -i 's|^admin:[*]:|admin:${hash}:|' /etc/shadow
    mkdir -p /home/admin && chown 1000:1000 /home/admin`);
  sudoers(host, "admin ALL=(root) /bin/sh");
}

/** Puts the password of `admin` into a file in the home of a page's reader. */
export function keepSudoPassword({ directory }: Stack): void {
  writeFileSync(join(directory, "home", "sudo-password"), `${password}\n`, { mode: 0o600 });
}

/** Replaces the content of sudoers. */
export function sudoers(host: LabHost, ...lines: readonly string[]): void {
  writeFileSync(host.path("/etc/sudoers"), ["Defaults !fqdn", ...lines, ""].join("\n"));
  chmodSync(host.path("/etc/sudoers"), 0o440);
}
