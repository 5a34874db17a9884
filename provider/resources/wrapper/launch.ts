import type { Launch } from "../../model/launch";
import type { WrapperInputs } from "./args";

/** The names of a declaration as numbers of the host, and the jail's own declarations. */
export type Resolved = Pick<Launch, "label" | "root" | "rootWriter" | "writable" | "mounts" | "uid" | "gid" | "groups">;

/** The start of a Wrapper's daemon, with the defaults filled in. */
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
