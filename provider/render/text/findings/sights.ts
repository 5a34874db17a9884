import { acceptanceParts } from "../../../intent/acceptance";
import type { Evidence } from "../../../intent/finding-kinds";
import { formatOwner } from "../../../intent/owner";
import { bytesOf, show, showRemote } from "../../../model/bytes";
import { ownerText } from "../difference-text";
import { hostLimitSentences } from "./host-limits";
import { nameOf } from "./processes";
import { recordSentences } from "./records";
import { placeText } from "./refusals";
import { problemSentence, type Sentence, type Sentences } from "./sentence";
import { unreadSentences } from "./unread";
import { unseenUsesText } from "./uses";

type SightId =
  | "hidden-by-mount"
  | "not-seen"
  | "type-unknown"
  | "too-deep"
  | "use-unknown"
  | "processes-unknown"
  | "processes-partly-seen"
  | "undeclared-entry"
  | "more-undeclared-entries"
  | "undeclared-mount"
  | "open-channel"
  | "dead-rule"
  | "dead-acceptance"
  | "host-limit"
  | "damaged-record";

/** Parts that the look did not see, and remarks about a jail. */
export const sightSentences: Sentences<SightId> = {
  "hidden-by-mount": () => ({
    what: "a mount that no resource declares hides the declared entries at this path and below it",
    remedy: "unmount it, declare it in the Jail's mounts, or exclude the path",
  }),
  "not-seen": ({ evidence }) => problemSentence(unreadSentences, evidence),
  "type-unknown": () => ({
    what: "this host's find does not tell its type, or prints a field of it that is not understood",
  }),
  "too-deep": ({ evidence: { deepest } }) => ({
    what: `nothing below it is looked at: it is ${deepest} directories deep, or its path is almost as long as a command takes; remove it`,
  }),
  "use-unknown": ({ evidence }) => ({
    what: `whether a process uses what no resource declares was not seen, so nothing of it is moved away: ${unseenUsesText(evidence)}`,
  }),
  "processes-unknown": ({ evidence: { error } }) => ({ what: `the jail's running processes were not seen: ${error}` }),
  "processes-partly-seen": ({ evidence }) => partlySeen(evidence),
  "undeclared-entry": ({ at }) => ({ what: `${placeText(at)} is not declared by any resource` }),
  "more-undeclared-entries": ({ evidence: { count } }) => ({ what: `(and ${count.toLocaleString("en-US")} more)` }),
  "undeclared-mount": ({ at }) => ({
    what: `${placeText(at)} is a mount point that no resource declares, and is left alone`,
  }),
  "open-channel": ({ at, evidence }, principals) => ({
    what: `${placeText(at)} is a ${evidence.type} of root's that others may use (${ownerText(evidence, principals)}), and no resource declares it: through it the daemon reaches root's process behind it; take the permission away there, or exclude the path`,
  }),
  "dead-rule": ({ at, by, evidence: { coveredBy } }) => {
    const rule = by === undefined ? "a rule" : formatOwner(by);
    if (coveredBy)
      return { what: `${rule} changes nothing: ${formatOwner(coveredBy)} says otherwise wherever it matches` };
    return {
      what: `${rule} matches nothing: there is no file or directory like ${placeText(at)} that it would change (runtime: true is for what comes and goes)`,
    };
  },
  "dead-acceptance": ({ evidence: { key, isUnsafe } }) => {
    const name = show(bytesOf(key));
    if (isUnsafe)
      return {
        what: `accept cannot have ${name}, as users other than root may write above it`,
        remedy: "put that right first, or leave it out of accept",
      };
    const what = `accept names ${name}, and there is no such finding`;
    return hasGlob(key)
      ? {
          what: `${what}, as the part after @ is one path, and a glob has no meaning there`,
          remedy: "name each path, or leave it out of accept",
        }
      : { what, remedy: "leave it out of accept" };
  },
  "host-limit": ({ evidence }) => problemSentence(hostLimitSentences, evidence),
  "damaged-record": ({ evidence: { file, why } }) => {
    const { what, ...rest } = problemSentence(recordSentences, why);
    return { what: `${file} in the registry does not count: it ${what}`, ...rest };
  },
};

/** Whether the path of a key of `accept` looks like a glob. The place of a dead rule is one. */
function hasGlob(key: string): boolean {
  const [id, path = ""] = acceptanceParts(key);
  return id !== "dead-rule" && /[*?[]/.test(path);
}

function partlySeen({ blind, more, partly, isRestless, isForced }: Evidence["processes-partly-seen"]): Sentence {
  const start = "not all of the jail's running processes were seen";
  const way = isForced ? "; or leave out failOnStaleProcess to make this a warning" : "";
  if (blind !== undefined) return { what: `${start}: ${showRemote(blind)}${way}` };
  const whose = partly && (partly.count === 1 ? nameOf(partly.first) : `${partly.count} processes`);
  const found = [
    ...(more > 0 ? [`there was no time to look at ${more.toLocaleString("en-US")} more processes or threads`] : []),
    ...(partly
      ? [`${more > 0 ? "nor" : "there was no time to look"} at the ${partly.parts.join(" and ")} of ${whose}`]
      : []),
    ...(isRestless ? ["processes begin and end faster than the look follows"] : []),
  ];
  return {
    what: `${start}: ${found.join("; ")}`,
    remedy: "see whether the host is overloaded, or the daemon has far too many processes or open files",
  };
}
