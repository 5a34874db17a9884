import type { LabHost } from "./sshd";

/** The lines that name the resources, of all records that the host's registry has of a root. */
export async function recordLabels(host: LabHost, root: string): Promise<string[]> {
  const records = await host.must(`cat /var/lib/pulumi-chroot/${root}-*/*.json`);
  return records.match(/"label": ".*"/g)?.sort() ?? [];
}
