import type { HostLimit } from "../../../intent/host-limit";
import { bytesOf, show } from "../../../model/bytes";
import { mountSentences } from "./mounts";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";

/** Limits of a host. */
export const hostLimitSentences: ProblemSentences<HostLimit> = {
  "flock-missing": () => ({ what: "no flock command: nothing keeps simultaneous runs apart on this host" }),
  "acls-unchecked": () => ({
    what: "no getfacl and setfacl commands (package acl): ACLs are not checked on this host",
  }),
  "capabilities-unchecked": () => ({
    what: "no getcap and setcap commands (package libcap2-bin): file capabilities are not checked on this host",
  }),
  "hard-links-open": () => ({
    what: "fs.protected_hardlinks is 0: every user of this host may give another user's file a second name, set it to 1",
  }),
  "unwinder-undeclared": ({ library }) => ({
    what: `${show(library)} is opened when a thread is cancelled or ends itself (pthread_cancel, pthread_exit), and without it the program is aborted`,
    remedy: "declare it for a program with threads",
  }),
  "name-service-undeclared": ({ library, service }) => ({
    what: `${show(library)} finds names by "${show(bytesOf(service))}" on this host (nsswitch.conf): without it, the jail has names from files and DNS only`,
  }),
  "fstab-bind-unmounted": () => ({
    what: "its mount command is BusyBox's, which cannot mount a bind read-only from fstab: after a restart, pulumi up mounts it",
  }),
  "mount-lost-at-boot": ({ at }) => ({
    what: `${show(at)} is gone after a restart of the host, until pulumi up mounts it again`,
  }),
  "mount-impossible": ({ at, why }) => {
    const { what, ...rest } = problemSentence(mountSentences, why);
    return { what: `nothing can be mounted at ${show(at)}: ${what}`, ...rest };
  },
  "listener-unknown": ({ at }) => ({
    what: `/proc/net/unix cannot be read: it is unknown whether a process listens at ${show(at)}`,
  }),
};

/** A limit in one line. */
export function hostLimitText(limit: HostLimit): string {
  return lineOf(problemSentence(hostLimitSentences, limit));
}
