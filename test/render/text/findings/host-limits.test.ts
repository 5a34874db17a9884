import type { HostLimit } from "../../../../provider/intent/host-limit";
import { fromWire } from "../../../../provider/model/bytes";
import { hostLimitSentences } from "../../../../provider/render/text/findings/host-limits";
import { checkSentences } from "./check-sentences";

const at = fromWire("srv/data");

checkSentences<HostLimit>("a host", hostLimitSentences, {
  "flock-missing": [[{}, "no flock command: nothing keeps simultaneous runs apart on this host"]],
  "acls-unchecked": [[{}, "no getfacl and setfacl commands (package acl): ACLs are not checked on this host"]],
  "capabilities-unchecked": [
    [{}, "no getcap and setcap commands (package libcap2-bin): file capabilities are not checked on this host"],
  ],
  "hard-links-open": [
    [
      {},
      "fs.protected_hardlinks is 0: every user of this host may give another user's file a second name, set it to 1",
    ],
  ],
  "unwinder-undeclared": [
    [
      { library: fromWire("/lib/libgcc_s.so.1") },
      "/lib/libgcc_s.so.1 is opened when a thread is cancelled or ends itself (pthread_cancel, pthread_exit), and without it the program is aborted: declare it for a program with threads",
    ],
  ],
  "name-service-undeclared": [
    [
      { library: fromWire("/lib/libnss_sss.so.2"), service: "sss" },
      '/lib/libnss_sss.so.2 finds names by "sss" on this host (nsswitch.conf): without it, the jail has names from files and DNS only',
    ],
  ],
  "fstab-bind-unmounted": [
    [
      {},
      "its mount command is BusyBox's, which cannot mount a bind read-only from fstab: after a restart, pulumi up mounts it",
    ],
  ],
  "mount-lost-at-boot": [[{ at }, "srv/data is gone after a restart of the host, until pulumi up mounts it again"]],
  "mount-impossible": [
    [
      { at, why: { problem: "source-missing", source: fromWire("/home/bob/data") } },
      "nothing can be mounted at srv/data: its source /home/bob/data is not there: make it on the host, or correct the path",
    ],
  ],
  "listener-unknown": [
    [{ at: fromWire("dev/log") }, "/proc/net/unix cannot be read: it is unknown whether a process listens at dev/log"],
  ],
});
