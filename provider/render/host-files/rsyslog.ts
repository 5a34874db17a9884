import type { Owner } from "../../intent/owner";
import { bytesOf, show } from "../../model/bytes";

/**
 * A jail's configuration for the host's rsyslog. The module for such sockets is loaded already, for the host's own socket. A rate
 * limit holds a daemon that fills the log to 1,000 lines in 5 s from each process.
 */
export function rsyslogFragment(root: string, path: string, { label }: Owner, reason: string): string {
  return [
    '# The log socket of a chroot jail, as pulumi-chroot declares it. Each "pulumi up" writes this file again.',
    `# ${show(bytesOf(label))}`,
    `# ${show(bytesOf(reason))}`,
    `input(type="imuxsock" Socket="${quoted(`${root}/${path}`)}" CreatePath="off" RateLimit.Interval="5" RateLimit.Burst="1000")`,
    "",
  ].join("\n");
}

/** In a string of RainerScript a backslash begins an escape. */
function quoted(text: string): string {
  return text.replace(/["\\]/g, "\\$&");
}
