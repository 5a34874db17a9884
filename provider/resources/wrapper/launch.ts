import type { Launch } from "../../model/launch";
import type { WrapperInputs } from "./args";

/** What a host has made of the names in a declaration, and what its jail declares. */
export type Resolved = Pick<Launch, "label" | "root" | "rootWriter" | "writable" | "mounts" | "uid" | "gid" | "groups">;

/** How a Wrapper's daemon is started, with what goes without saying. */
export function launchOf(args: WrapperInputs, resolved: Resolved): Launch {
  return {
    ...resolved,
    reason: args.reason,
    command: args.command,
    environment: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8", ...args.environment },
    umask: Number.parseInt(args.umask ?? "0027", 8),
    limits: { ...args.limits, core: args.limits?.core ?? 0 },
    capabilities: args.capabilities ?? {},
  };
}
