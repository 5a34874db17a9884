import { z } from "zod";
import type { Claim } from "../../intent/claim";
import type { FileClaim } from "../../intent/file-claim";
import type { Owner } from "../../intent/owner";
import { providedClaim } from "../../intent/provided-claim";
import { bytesOf } from "../../model/bytes";
import { hostPathProblem, jailPathProblem } from "../../model/path";
import { reasonField, refuseWith } from "../fields";

/** A file of the host that has another place than on most hosts. */
export const caBundleArgs = z.strictObject({
  /**
   * Absolute path of the file, on the host and in the jail.
   * @example path: "/etc/pki/tls/certs/ca-bundle.crt"
   */
  path: z.string().superRefine(refuseWith((path) => hostPathProblem(path) ?? jailPathProblem(path.slice(1)))),
  /**
   * Why the jail needs it.
   * @refused a blank
   * @example reason: "it fetches over https"
   */
  reason: reasonField,
});

/** Files that a jail has as its host has them, at the same place, each with the reason. */
export const hostFilesArgs = z.strictObject({
  /**
   * `etc/nsswitch.conf`: where programs look for names.
   * @example nsswitch: "names come from files and DNS"
   */
  nsswitch: reasonField.optional(),
  /**
   * `etc/resolv.conf`: the name servers that programs ask.
   * @example resolvConf: "it resolves its upstreams"
   */
  resolvConf: reasonField.optional(),
  /**
   * `etc/hosts`: names of hosts.
   * @example hosts: "names of its peers"
   */
  hosts: reasonField.optional(),
  /**
   * `etc/localtime`: the time zone; a file here, where the host has a link.
   * @example localtime: "log lines in local time"
   */
  localtime: reasonField.optional(),
  /**
   * Certificates of authorities: `etc/ssl/certs/ca-certificates.crt`, or the `path` that the host has them at.
   * @example caBundle: "it fetches over https"
   */
  caBundle: z.union([reasonField, caBundleArgs]).optional(),
  /**
   * `etc/services`: names of ports.
   * @example services: "its configuration names ports"
   */
  services: reasonField.optional(),
  /**
   * `etc/protocols`: names of protocols.
   * @example protocols: "its configuration names protocols"
   */
  protocols: reasonField.optional(),
});

type HostFiles = z.output<typeof hostFilesArgs>;

const places: Readonly<Record<keyof HostFiles, string>> = {
  nsswitch: "/etc/nsswitch.conf",
  resolvConf: "/etc/resolv.conf",
  hosts: "/etc/hosts",
  localtime: "/etc/localtime",
  caBundle: "/etc/ssl/certs/ca-certificates.crt",
  services: "/etc/services",
  protocols: "/etc/protocols",
};

export function hostFiles(files: HostFiles | undefined, by: Owner): FileClaim[] {
  return Object.entries(places).flatMap(([name, usual]): FileClaim[] => {
    const file = files?.[name as keyof HostFiles];
    if (file === undefined) return [];
    const { path, reason } = typeof file === "string" ? { path: usual, reason: file } : file;
    const content = { from: "host", path: bytesOf(path) } as const;
    return [{ by, reason, at: bytesOf(path.slice(1)), is: { type: "file", content } }];
  });
}

export function hostFileClaims(files: HostFiles | undefined, by: Owner): Claim[] {
  return hostFiles(files, by).map(({ at, reason }) => providedClaim(at, 0o644, reason, by));
}
