import type { Bytes } from "../model/bytes";
import type { SourceProblem } from "./mount-problem";

/** A check or a service that a host cannot do for a jail. */
export type HostLimit =
  | { readonly problem: "flock-missing" }
  | { readonly problem: "acls-unchecked" }
  | { readonly problem: "capabilities-unchecked" }
  /** fs.protected_hardlinks is 0. */
  | { readonly problem: "hard-links-open" }
  /** A C library opens this one to unwind a thread's stack. */
  | { readonly problem: "unwinder-undeclared"; readonly library: Bytes }
  | { readonly problem: "name-service-undeclared"; readonly library: Bytes; readonly service: string }
  /** BusyBox's mount command makes no bind of fstab read-only. */
  | { readonly problem: "fstab-bind-unmounted" }
  | { readonly problem: "mount-lost-at-boot"; readonly at: Bytes }
  /** Users other than root own the source of the mount: their changes to it refuse nothing. */
  | { readonly problem: "mount-impossible"; readonly at: Bytes; readonly why: SourceProblem }
  | { readonly problem: "listener-unknown"; readonly at: Bytes };
