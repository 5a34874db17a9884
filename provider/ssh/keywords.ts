import { ConfigError, type HostConfig } from "./client-config";

/**
 * Keywords that say who is trusted, or how the host is reached, and that are not followed here: to connect without them would be
 * another connection than the one that was asked for. All others that are not known change nothing of that, and are passed over.
 */
const unsupported: Readonly<Record<string, { unless: string; instead: string }>> = {
  proxycommand: { unless: "none", instead: "use ProxyJump or connection.proxy" },
  knownhostscommand: { unless: "none", instead: "put the keys into known_hosts" },
  revokedhostkeys: { unless: "none", instead: "mark them with @revoked in known_hosts" },
  certificatefile: { unless: "none", instead: "log in with a plain key" },
  pkcs11provider: { unless: "none", instead: "put the key into an SSH agent" },
  canonicalizehostname: { unless: "no", instead: "write whole names" },
  hostbasedauthentication: { unless: "no", instead: "log in with a key" },
};

export function refuseUnsupported(config: HostConfig): void {
  for (const [keyword, { unless, instead }] of Object.entries(unsupported)) {
    const [value = unless] = config.get(keyword) ?? [];
    if (value.toLowerCase() !== unless)
      throw new ConfigError(`the SSH client's configuration has ${keyword} for it, which is not supported: ${instead}`);
  }
}
