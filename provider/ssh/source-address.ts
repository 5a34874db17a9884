import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { HostConfig } from "./client-config";
import { ConfigError } from "./config-error";

/** The source of connections: AddressFamily, BindAddress and BindInterface. */
export interface Source {
  readonly family?: 4 | 6;
  readonly address?: string;
}

export function sourceAddress(config: HostConfig): Source {
  const [family = "any"] = config.get("addressfamily") ?? [];
  const number = { any: 0, inet: 4, inet6: 6 }[family.toLowerCase()];
  if (number === undefined) throw new ConfigError(`AddressFamily ${family} must be any, inet or inet6`);
  const address = addressOf(config, number);
  return { ...(number === 0 ? {} : { family: number as 4 | 6 }), ...(address === undefined ? {} : { address }) };
}

function addressOf(config: HostConfig, family: number): string | undefined {
  const [stated] = config.get("bindaddress") ?? [];
  const [name] = config.get("bindinterface") ?? [];
  if (name === undefined) {
    if (stated !== undefined && isIP(stated.replace(/%.*$/, "")) === 0)
      throw new ConfigError(`BindAddress ${stated} is not an address: names are not looked up here`);
    return stated;
  }
  const own = networkInterfaces()[name] ?? [];
  const found = own.find((address) => family === 0 || address.family === `IPv${family}`);
  if (!found) throw new ConfigError(`BindInterface ${name} has no address on this machine`);
  return found.address;
}
