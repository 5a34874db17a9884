/** Where the parts of sshd lie in a lab host. */
export const SSHD_PATHS = {
  config: "/etc/ssh/sshd_config",
  authorizedKeys: "/etc/ssh/authorized_keys",
  hostKey: (type: string) => `/etc/ssh/ssh_host_${type}_key`,
  log: "/var/log/sshd.log",
  pid: "/run/sshd.pid",
} as const;

/**
 * The configuration of a lab host's sshd.
 *
 * @param extra - lines that go first: sshd takes the first value it reads for a keyword.
 */
export function sshdConfig(port: number, hostKeyTypes: readonly string[], extra: readonly string[]): string {
  return [
    ...extra,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    ...hostKeyTypes.map((type) => `HostKey ${SSHD_PATHS.hostKey(type)}`),
    `PidFile ${SSHD_PATHS.pid}`,
    `AuthorizedKeysFile ${SSHD_PATHS.authorizedKeys}`,
    // VERBOSE logs each session's command, from which the counts are taken
    "LogLevel VERBOSE",
    "UsePAM no",
    "UseDNS no",
    "StrictModes no",
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PrintMotd no",
    "PrintLastLog no",
    "Subsystem sftp internal-sftp",
    "",
  ].join("\n");
}
