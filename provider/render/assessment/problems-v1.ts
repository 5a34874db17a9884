import { z } from "zod";
import type { ArgumentProblem, LoginProblem } from "../../intent/account-problem";
import type { HostLimit } from "../../intent/host-limit";
import type { LaunchProblem } from "../../intent/launch-problem";
import type { LogSocketProblem, MountPointProblem, MountProblem, SourceProblem } from "../../intent/mount-problem";
import type { PlaceProblem } from "../../intent/place-problem";
import type { RecordProblem } from "../../intent/record-problem";
import type { UnseenUses } from "../../intent/unseen-uses";
import type { UnreadProblem } from "../../model/unread-problem";
import { family, type Shapes } from "./family";
import { program } from "./program-problems-v1";
import { entryType, mode, number, raw, text, truth } from "./shapes";

const { object } = z;
const nothing = object({});

const place = family<PlaceProblem>({
  unreadable: object({ told: text }),
  "directory-missing": object({ directory: raw }),
  "no-directory": object({ above: raw }),
  "others-write": object({ above: raw, user: raw, group: raw, mode }),
});

const sources: Shapes<SourceProblem> = {
  "source-around-jail": object({ source: raw }),
  "source-in-jail": object({ source: raw, shows: z.enum(["directory", "file", "socket"]) }),
  "source-unsafe": object({ source: raw, place }),
  "source-missing": object({ source: raw }),
  "source-unfit": object({ source: raw, type: entryType }),
  "socket-link": object({ source: raw, isToJournal: truth }),
  "socket-missing": object({ source: raw, isJournal: truth }),
  "socket-unfit": object({ source: raw, type: entryType }),
  "socket-no-datagram": object({ source: raw }),
};

const mountPoints: Shapes<MountPointProblem> = {
  "writable-above": object({ above: text }),
  "declared-below": object({ path: raw }),
  "writable-itself": nothing,
  "others-write-above": object({ above: raw }),
};

/** The problems that findings tell of, by family. */
export const problems = {
  place,
  program,
  launch: family<LaunchProblem>({
    "root-number": nothing,
    "tool-missing": object({ told: text }),
    "systemd-absent": nothing,
    "extra-groups": object({ groups: z.array(number) }),
    "path-unfit": object({ path: text }),
    "unit-hidden": object({ unit: text, file: raw }),
    "unit-changed": object({ unit: text, file: raw, isOwn: truth }),
    "launcher-in-jail": object({ launcher: text, root: text }),
    "launcher-shown": object({ launcher: text, mount: raw }),
  }),
  mount: family<MountProblem>({ ...sources, ...mountPoints, "kernel-old": object({ release: text }) }),
  logSocket: family<LogSocketProblem>({
    ...mountPoints,
    "mounted-over": object({ mount: raw }),
    "name-too-long": object({ socket: raw, longest: number }),
    "directory-there": nothing,
    "rsyslog-missing": object({ program: raw }),
  }),
  argument: family<ArgumentProblem>({
    "jail-user-root": object({ user: text }),
    "account-root": object({ user: text }),
    "number-shared": object({ of: z.enum(["users", "groups"]), names: z.tuple([text, text]), id: number }),
  }),
  login: family<LoginProblem>({
    "passwd-unread": object({ user: text, fields: z.array(z.enum(["shell", "home"])) }),
    "login-unstated": object({ user: text, live: z.array(object({ field: z.enum(["shell", "home"]), value: raw })) }),
  }),
  unread: family<UnreadProblem>({
    unreadable: object({ told: text }),
    "strange-line": object({ tool: z.enum(["getfacl", "getcap"]), told: text }),
    "came-meanwhile": nothing,
    "mount-changing": object({ path: raw }),
    "directories-moving": nothing,
    "too-many-names": object({ count: number, names: number, bytes: number }),
  }),
  record: family<RecordProblem>({
    "no-file": nothing,
    "no-json": nothing,
    "no-record": nothing,
    "later-release": nothing,
    "other-machine": object({ label: text }),
    "argument-type": object({ label: text, argument: text }),
    "arguments-unreadable": object({ label: text, error: text }),
  }),
  uses: family<UnseenUses>({ "agent-killed": nothing, told: object({ told: text }) }),
  hostLimit: family<HostLimit>({
    "flock-missing": nothing,
    "acls-unchecked": nothing,
    "capabilities-unchecked": nothing,
    "hard-links-open": nothing,
    "unwinder-undeclared": object({ library: raw }),
    "name-service-undeclared": object({ library: raw, service: text }),
    "fstab-bind-unmounted": nothing,
    "mount-lost-at-boot": object({ at: raw }),
    "mount-impossible": object({ at: raw, why: family<SourceProblem>(sources) }),
    "listener-unknown": object({ at: raw }),
  }),
};
