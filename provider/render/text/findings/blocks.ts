import { show } from "../../../model/bytes";
import type { UseKind } from "../../../observe/uses";
import type { Block, PruneBlock } from "../../../plan/block";
import { recordText } from "./records";
import { lineOf, type ProblemSentences, problemSentence } from "./sentence";
import { unseenUsesText } from "./uses";

const declare = "declare or protect the path";
const orName = "or name it in pruneAnyway";

const pruneSentences: ProblemSentences<PruneBlock> = {
  "record-unread": ({ damage: { file, why } }) => ({
    what: `${file} in the registry may declare it, and ${recordText(why)}`,
    remedy: "see to it, or remove it",
  }),
  "mount-below": ({ mount }) => ({ what: `${show(mount)} is a mount point`, remedy: "unmount it, or protect it" }),
  "unseen-below": ({ path }) => ({ what: `nothing below ${show(path)} is looked at` }),
  "daemons-directory": () => ({
    what: "other users than root may write in it, so its contents are the daemon's",
    remedy: `${declare}, ${orName}`,
  }),
  "in-use": ({ use: { kind, pid, name } }) => ({
    what: `${pid === 0 ? "a process that cannot be seen" : `process ${pid} (${show(name)})`} ${doing[kind]}`,
    remedy: `end that process, or ${declare}${kind === "busy" ? "" : `, ${orName}`}`,
  }),
  "use-unknown": ({ why }) => ({
    what: `it is unknown whether a process uses it: ${unseenUsesText(why)}; or ${declare}, ${orName}`,
  }),
};

const doing: Readonly<Record<UseKind, string>> = {
  busy: "has its working directory or its root in it",
  opens: "has it open, or an entry below it",
  maps: "has it in memory (mmap), or an entry below it",
  locks: "has a lock on it, or on an entry below it",
  bound: "has bound it as a socket, or a socket below it",
  runs: "runs it, or a program below it",
};

/** Reasons why a difference cannot be repaired. */
export const blockSentences: ProblemSentences<Block> = {
  ...pruneSentences,
  "too-deep": ({ deepest }) => ({ what: `it is more than ${deepest} directories deep` }),
  "path-too-long": ({ bytes }) => ({
    what: `its path has ${bytes.toLocaleString("en-US")} bytes, more than a command takes`,
  }),
  "names-outside": ({ outside, names }) => ({
    what: `${outside} of its ${names} names ${outside === 1 ? "is" : "are"} outside the jail`,
  }),
  "names-disagree": ({ names }) => ({ what: `its ${names} names are declared differently` }),
  flag: ({ flag }) => ({
    what: `it is ${flag}, or its directory is`,
    remedy: `chattr -${flag === "immutable" ? "i" : "a"} on the host takes that away`,
  }),
};

/** The reason in one line. */
export function blockText(block: Block): string {
  return lineOf(problemSentence(blockSentences, block));
}
