import type { Finding } from "../../provider/intent/finding";
import { type Evidence, type FindingId, findingKinds } from "../../provider/intent/finding-kinds";
import type { Owner } from "../../provider/intent/owner";
import type { Bytes } from "../../provider/model/bytes";
import type { Mode } from "../../provider/model/mode";

/** A name that is no UTF-8, one that is, and one with a line break. */
const raw = "a\xff/\xc3\xa9\n<{%" as Bytes;
const owner: Owner = { token: "0".repeat(32), label: "PermissionRule::é", stack: "proj/dev" };
const bare: Owner = { label: "Jail::named" };
const who = { pid: 7, thread: 8, name: raw };
const mode = 0o2750 as Mode;
const names = { who, label: "Jail named", names: ["daemon", "adm"] };
const held = { who, path: raw, number: 3 };
const ids = { who, ids: [0, 33], label: "Jail named", id: 53 };
const record = { file: "a.json", why: { problem: "argument-type", label: "JailFile::a", argument: "path" } } as const;

/** The facts of one finding of each kind, with every field that may be absent. */
const evidence: Evidence = {
  "second-jail": { own: bare, other: owner },
  "no-jail": {},
  "root-not-empty": { entries: 3 },
  "root-shared": { root: "/etc/named", whose: "group", name: "adm" },
  "unknown-principal": { what: "user", name: "named" },
  "file-system-option": { type: "ext4", option: "nodev" },
  "root-not-mounted": { mount: raw },
  "later-record": { file: "a.json" },
  "missing-tool": { tool: "acl" },
  conflict: { field: "special", claims: [owner, bare], hasGlob: true },
  "place-unfit": { is: "directory", link: { target: raw, reason: "é" } },
  "link-in-the-way": { below: raw, to: raw },
  "parent-unfit": { below: raw, type: "block device" },
  "powers-untrusted": { powers: "setuid", above: raw },
  "powers-replaceable": { powers: "cap_chown=ep", above: raw },
  "place-shared": { rival: owner },
  "source-missing": { path: raw },
  "source-unsafe": { path: raw, told: "no\xff" },
  "host-link-astray": { way: "unread link", place: raw },
  "host-place-unsafe": { problem: "others-write", above: raw, user: raw, group: raw, mode },
  "host-place-unfit": { type: "socket", mayOverwrite: true },
  "host-place-shared": { rival: owner, root: "/srv/a" },
  "nested-jail": { root: "/srv/a", name: "Jail::a", exclude: "a/**", isOuter: true },
  "program-unavailable": {
    binary: "/bin/ls",
    why: { problem: "interpreter-unfit", interpreter: raw, why: { problem: "library-missing", library: raw, by: raw } },
  },
  "program-missing": { program: raw },
  "launch-unsafe": { problem: "unit-changed", unit: "named.service", file: raw, isOwn: true },
  "mount-unsafe": { problem: "source-unsafe", source: raw, place: { problem: "no-directory", above: raw } },
  "log-socket-unfit": { problem: "name-too-long", socket: raw, longest: 107 },
  "argument-unfit": { problem: "number-shared", of: "groups", names: ["a", "b"], id: 5 },
  "login-lost": { problem: "login-unstated", user: "www", live: [{ field: "shell", value: raw }] },
  "hidden-by-mount": {},
  "not-seen": { problem: "too-many-names", count: 3, names: 2, bytes: 1 },
  "type-unknown": {},
  "too-deep": { deepest: 200 },
  "use-unknown": { problem: "told", told: "no\xff" },
  "processes-unknown": { error: "no" },
  "processes-partly-seen": {
    blind: "hidepid",
    more: 3,
    partly: { first: who, count: 1, parts: ["environment"] },
    isRestless: true,
    isForced: true,
  },
  "undeclared-entry": {},
  "more-undeclared-entries": { count: 1000 },
  "undeclared-mount": {},
  "open-channel": { type: "fifo", uid: 0, gid: 0, mode, acl: ["user:5:rwx"] },
  "dead-rule": { coveredBy: owner },
  "dead-acceptance": { key: "undeclared-entry@é", isUnsafe: true },
  "host-limit": { problem: "mount-impossible", at: raw, why: { problem: "source-missing", source: raw } },
  "damaged-record": record,
  "process-root": { who },
  "process-kept-root": { who, kept: "saved uid" },
  "process-outside": { who, cwd: raw },
  "process-holds-directory": held,
  "process-holds-device": held,
  "process-holds-file": held,
  "process-nested-root": { who, root: raw },
  "process-old-program": { who, program: raw },
  "process-many-descriptors": { who },
  "process-uid": ids,
  "process-gid": ids,
  "process-groups": names,
  "process-leaving-capabilities": { who, names: ["cap_sys_admin"] },
  "process-capabilities": names,
  "process-new-privileges": { who, label: "Jail named" },
  "process-bounding-set": names,
  "process-umask": { who, own: mode, label: "Jail named", umask: mode },
  "process-telling-environment": { who, names: ["SSH_CONNECTION"] },
  "process-environment": names,
};

/** One finding of each kind. */
export const findingSamples = (Object.keys(findingKinds) as FindingId[]).map((id) => {
  const { severity } = findingKinds[id];
  return { id, severity, at: raw, by: owner, evidence: evidence[id], accepted: "é" } as Finding;
});
