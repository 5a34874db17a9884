import type { LogSocketProblem, MountPointProblem, MountProblem } from "../../../intent/mount-problem";
import { bytesOf, show, showRemote } from "../../../model/bytes";
import { hostPlaceSentences } from "./host-places";
import { type ProblemSentences, problemSentence } from "./sentence";

const mountPointSentences: ProblemSentences<MountPointProblem> = {
  "writable-above": ({ above }) => ({
    what: `${show(bytesOf(above))} above it is declared as writable`,
    remedy: "declare a path where only root may write",
  }),
  "declared-below": ({ path }) => ({
    what: `${show(path)} is declared below it, and would end up in the mounted file system`,
    remedy: "leave it out",
  }),
  "writable-itself": () => ({
    what: "it is declared as writable, too",
    remedy: "set owner, group and mode of the mount, which decide about writing there",
  }),
  "others-write-above": ({ above }) => ({
    what: `users other than root may write in ${show(above)}, and could put another directory in its place`,
    remedy: "declare a path where only root may write",
  }),
};

/** Reasons why something cannot be mounted. */
export const mountSentences: ProblemSentences<MountProblem> = {
  ...mountPointSentences,
  "kernel-old": ({ release }) => ({
    what: `the host ${release === "" ? "does not tell its kernel's release" : `has Linux ${showRemote(release)}`}, and before 5.8 what the jail is not to see the host's own /proc would not show either`,
    remedy: "use a newer kernel, or leave it out",
  }),
  "source-around-jail": ({ source }) => ({
    what: `its source ${show(source)} has the jail itself in it`,
    remedy: "bind a directory beside the jail",
  }),
  "source-in-jail": ({ source, shows }) => ({
    what: `its source ${show(source)} is in the jail`,
    remedy: `bind a ${shows} beside the jail`,
  }),
  "source-unsafe": ({ source, place }) => {
    const { what, ...rest } = problemSentence(hostPlaceSentences, place);
    return { what: `its source ${show(source)} ${what}`, ...rest };
  },
  "source-missing": ({ source }) => ({
    what: `its source ${show(source)} is not there`,
    remedy: "make it on the host, or correct the path",
  }),
  "source-unfit": ({ source, type }) => ({
    what: `its source ${show(source)} is a ${type}`,
    remedy: type === "link" ? "declare the path that it points to" : "declare a directory, a file or a socket",
  }),
  "socket-link": ({ source, isToJournal }) => ({
    what: `its source ${show(source)} is a link`,
    remedy: `declare ${isToJournal ? 'from: "journald"' : "the path that it points to"}`,
  }),
  "socket-missing": ({ source, isJournal }) => ({
    what: `its source ${show(source)} is not there`,
    remedy: `start the daemon that makes it, or ${isJournal ? 'declare from: "syslog", or the path of a socket' : "correct the path"}`,
  }),
  "socket-unfit": ({ source, type }) => ({
    what: `its source ${show(source)} is a ${type}`,
    remedy: "declare a datagram socket",
  }),
  "socket-no-datagram": ({ source }) => ({
    what: `its source ${show(source)} is no datagram socket`,
    remedy: "declare one that syslog lines are sent to",
  }),
};

/** Reasons why a jail cannot have its log socket. */
export const logSocketSentences: ProblemSentences<LogSocketProblem> = {
  ...mountPointSentences,
  "mounted-over": ({ mount }) => ({
    what: `${show(mount)} is declared as a mount`,
    remedy: "give logSocket a path of the jail itself",
  }),
  "name-too-long": ({ socket, longest }) => ({
    what: `${show(socket)} is longer than the ${longest} bytes that a socket can be named with`,
    remedy: "declare a shorter path or root",
  }),
  "directory-there": () => ({ what: "it is a directory", remedy: "remove it, or declare another path" }),
  "rsyslog-missing": ({ program }) => ({
    what: `the host has no ${show(program)}`,
    remedy: 'install rsyslog, or declare from: "journald" or the path of the socket that its syslog daemon listens at',
  }),
};
