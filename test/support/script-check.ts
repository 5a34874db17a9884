import type { LabHost } from "./sshd";

/** Lines that `permissions.sh --check` of the only jail prints, without those about tools that the host lacks. */
export async function scriptCheck(host: LabHost): Promise<string[]> {
  const { stdout } = await host.sh("sh /var/lib/pulumi-chroot/*/permissions.sh --check");
  return stdout.split("\n").filter((line) => line !== "" && !/not checked: this host has no/.test(line));
}
