import { z } from "zod";
import type { Evidence, FindingId } from "../../intent/finding-kinds";
import type { Acl } from "../../model/acl";
import { problems } from "./problems-v1";
import { entryType, mode, number, object, owner, raw, some, text, truth } from "./shapes";

const nothing = object({});
const processName = object({ pid: number, thread: some(number), name: raw });
const who = { who: processName };
const held = object({ ...who, path: raw, number });
const ids = object({ ...who, ids: z.array(number), label: text, id: number });
const names = object({ ...who, label: text, names: z.array(text) });
const powers = object({ powers: text, above: raw });

/** The facts of each kind of finding. They hold the bytes of the host's names as they are, one a character. */
export const evidenceV1: { readonly [Id in FindingId]: z.ZodType<Evidence[Id], Evidence[Id]> } = {
  "second-jail": object({ own: owner, other: owner }),
  "no-jail": nothing,
  "root-not-empty": object({ entries: number }),
  "root-shared": object({ root: text, whose: z.enum(["user", "group"]), name: text }),
  "unknown-principal": object({ what: z.enum(["user", "group"]), name: text }),
  "file-system-option": object({ type: text, option: z.enum(["ro", "nodev", "noexec"]) }),
  "root-not-mounted": object({ mount: raw }),
  "later-record": object({ file: text }),
  "missing-tool": object({ tool: z.enum(["acl", "capabilities"]) }),
  conflict: object({
    field: z.enum(["owner", "group", "mode", "special", "acl", "capabilities"]),
    claims: z.tuple([owner, owner]),
    hasGlob: truth,
  }),
  "place-unfit": object({
    is: z.enum(["directory", "mount", "excluded", "declared directory"]),
    link: some(object({ target: raw, reason: text })),
  }),
  "link-in-the-way": object({ below: some(raw), to: some(raw) }),
  "parent-unfit": object({ below: raw, type: entryType }),
  "powers-untrusted": powers,
  "powers-replaceable": powers,
  "place-shared": object({ rival: owner }),
  "source-missing": object({ path: raw }),
  "source-unsafe": object({ path: raw, told: text }),
  "host-link-astray": object({ way: z.enum(["in", "itself", "mounted", "unread link"]), place: raw }),
  "host-place-unsafe": problems.place,
  "host-place-unfit": object({ type: entryType, mayOverwrite: truth }),
  "host-place-shared": object({ rival: owner, root: text }),
  "nested-jail": object({ root: text, name: text, exclude: text, isOuter: truth }),
  "program-unavailable": object({ binary: text, why: problems.program }),
  "program-missing": object({ program: raw }),
  "launch-unsafe": problems.launch,
  "mount-unsafe": problems.mount,
  "log-socket-unfit": problems.logSocket,
  "argument-unfit": problems.argument,
  "login-lost": problems.login,
  "hidden-by-mount": nothing,
  "not-seen": problems.unread,
  "type-unknown": nothing,
  "too-deep": object({ deepest: number }),
  "use-unknown": problems.uses,
  "processes-unknown": object({ error: text }),
  "processes-partly-seen": object({
    blind: some(text),
    more: number,
    partly: some(object({ first: processName, count: number, parts: z.array(text) })),
    isRestless: truth,
    isForced: some(z.literal(true)),
  }),
  "undeclared-entry": nothing,
  "more-undeclared-entries": object({ count: number }),
  "undeclared-mount": nothing,
  "open-channel": object({
    type: entryType,
    uid: number,
    gid: number,
    mode,
    acl: some(z.array(text) as z.ZodType<Acl, Acl>),
  }),
  "dead-rule": object({ coveredBy: some(owner) }),
  "dead-acceptance": object({ key: text, isUnsafe: truth }),
  "host-limit": problems.hostLimit,
  "damaged-record": object({ file: text, why: problems.record }),
  "process-root": object(who),
  "process-kept-root": object({ ...who, kept: text }),
  "process-outside": object({ ...who, cwd: raw }),
  "process-holds-directory": held,
  "process-holds-device": held,
  "process-holds-file": held,
  "process-nested-root": object({ ...who, root: raw }),
  "process-old-program": object({ ...who, program: raw }),
  "process-many-descriptors": object(who),
  "process-uid": ids,
  "process-gid": ids,
  "process-groups": names,
  "process-leaving-capabilities": object({ ...who, names: z.array(text) }),
  "process-capabilities": names,
  "process-new-privileges": object({ ...who, label: text }),
  "process-bounding-set": names,
  "process-umask": object({ ...who, own: mode, label: text, umask: mode }),
  "process-telling-environment": object({ ...who, names: z.array(text) }),
  "process-environment": names,
};
