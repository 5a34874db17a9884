import type { Evidence } from "../../../intent/finding-kinds";
import { formatOwner } from "../../../intent/owner";
import { type Bytes, bytesOf, show } from "../../../model/bytes";
import { argumentSentences, loginSentences } from "./accounts";
import { launchSentences } from "./launches";
import { logSocketSentences, mountSentences } from "./mounts";
import { programText } from "./programs";
import { recordSentences } from "./records";
import { problemSentence, type Sentence, type Sentences } from "./sentence";

type Refusal =
  | "second-jail"
  | "no-jail"
  | "root-not-empty"
  | "root-shared"
  | "unknown-principal"
  | "file-system-option"
  | "root-not-mounted"
  | "later-record"
  | "missing-tool"
  | "conflict"
  | "nested-jail"
  | "program-unavailable"
  | "program-missing"
  | "launch-unsafe"
  | "mount-unsafe"
  | "log-socket-unfit"
  | "argument-unfit"
  | "login-lost";

/** Reasons against converging a jail or a resource. */
export const refusalSentences: Sentences<Refusal> = {
  "second-jail": ({ evidence: { own, other } }) => ({
    what: `${formatOwner(other)} declares this root too: ${formatOwner(own)} cannot be its Jail, one of the two has to go${takeOver(other.stack)}`,
  }),
  "no-jail": () => ({ what: "no Jail declares this root", remedy: "declare one, or correct the root" }),
  "root-not-empty": ({ evidence: { entries } }) => ({
    what: `set adopt: true to take over a root that is not empty: it holds ${entries} entries, and no record says that they are pulumi-chroot's`,
  }),
  "root-shared": ({ at, evidence: { root, whose, name } }) => ({
    what: `${root} is below /etc and not the daemon's alone: ${placeText(at)} belongs to the ${whose} ${name}, whom nothing declared names`,
    remedy: "choose a directory of the daemon's own",
  }),
  "unknown-principal": ({ evidence: { what, name } }) => ({
    what: `the host has no ${what} "${name}"`,
    remedy: "create it there, or correct the declaration",
  }),
  "file-system-option": ({ evidence: { type, option } }) => ({
    what: `the root's file system (${type}) is mounted ${option}`,
    remedy: optionRemedies[option],
  }),
  "root-not-mounted": ({ evidence: { mount } }) => ({
    what: unmountedText(mount),
    remedy: "mount it, or take the line out of its fstab",
  }),
  "later-record": ({ evidence: { file } }) => {
    const { what, ...rest } = problemSentence(recordSentences, { problem: "later-release" });
    return { what: `${file} in the registry ${what}`, ...rest };
  },
  "missing-tool": ({ evidence: { tool } }) => toolSentences[tool],
  conflict: ({ at, evidence }) => conflictSentence(evidence, placeText(at)),
  "nested-jail": ({ evidence: { root, name, exclude, isOuter } }) => {
    const jail = `the jail ${show(bytesOf(root))} (${name})`;
    const both = "or move one of the two, as a process with a directory of both open can leave them";
    return isOuter
      ? { what: `it lies in ${jail}`, remedy: `exclude ${exclude} there, ${both}` }
      : { what: `${jail} lies in this one`, remedy: `exclude ${exclude}, ${both}` };
  },
  "program-unavailable": ({ evidence: { binary, why } }) => ({
    what: `${binary} cannot be had in the jail: ${programText(why)}`,
    remedy: "put that right on the host, or leave it out of binaries",
  }),
  "program-missing": ({ evidence: { program } }) => ({
    what: `the jail has no program ${show(program)}`,
    remedy:
      "add it to the Jail's binaries, or declare it as a JailFile; where something else puts it there, let the Wrapper depend on that (dependsOn)",
  }),
  "launch-unsafe": ({ evidence }) => problemSentence(launchSentences, evidence),
  "mount-unsafe": ({ at, evidence }) => {
    const { what, ...rest } = problemSentence(mountSentences, evidence);
    return { what: `nothing is mounted at ${placeText(at)}: ${what}`, ...rest };
  },
  "log-socket-unfit": ({ at, evidence }) => {
    const { what, ...rest } = problemSentence(logSocketSentences, evidence);
    return { what: `there is no log socket at ${placeText(at)}: ${what}`, ...rest };
  },
  "argument-unfit": ({ evidence }) => problemSentence(argumentSentences, evidence),
  "login-lost": ({ evidence }) => problemSentence(loginSentences, evidence),
};

/** The sentence of a conflict at one place or at several. */
export function conflictSentence({ field, claims, hasGlob }: Evidence["conflict"], places: string): Sentence {
  return {
    what: `${claims.map(formatOwner).join(" and ")} give different ${fieldNames[field]} to ${places} with the same order`,
    remedy: `give one of them a higher order${hasGlob ? ", or a literal path" : ""}`,
  };
}

/** The place of a finding that has one. */
export function placeText(at: Bytes | undefined): string {
  return at === undefined ? "" : show(at);
}

export function unmountedText(at: Bytes): string {
  return `the host's fstab mounts something at ${show(at)}, and nothing is mounted there`;
}

function takeOver(stack: string | undefined): string {
  return stack === undefined ? "" : `; if stack ${stack} is gone, takeOverFrom: "${stack}" takes its jail over`;
}

const optionRemedies: Readonly<Record<Evidence["file-system-option"]["option"], string>> = {
  ro: "nothing can be put right there: mount it rw",
  nodev: "devices do nothing there: mount it with dev, or choose a root elsewhere",
  noexec: "programs do not run there: mount it with exec, or choose a root elsewhere",
};

const toolSentences: Readonly<Record<Evidence["missing-tool"]["tool"], { what: string; remedy: string }>> = {
  acl: {
    what: "it declares an ACL, but the host has no getfacl or setfacl",
    remedy: "install acl there",
  },
  capabilities: {
    what: "it declares capabilities, but the host has no getcap or setcap",
    remedy: "install libcap2-bin (libcap) there",
  },
};

const fieldNames: Readonly<Record<Evidence["conflict"]["field"], string>> = {
  owner: "owners",
  group: "groups",
  mode: "modes",
  special: "special bits",
  acl: "ACLs",
  capabilities: "capabilities",
};
