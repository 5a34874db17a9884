import { ChrootError } from "../../errors";
import { type Bytes, showRemote } from "../../model/bytes";
import type { Unseen } from "../../observe/observation";
import type { List } from "../channel/reply";
import { fromAgent } from "../paths";
import { formatSite, type Site } from "../site";

/** Reads the complaints of the host's tools while they look at a jail. */

/** find gives up the rest when directories are moved while it is in them. */
export const gaveUp = /^find: failed to read file names/m;

// A name may have line breaks in it: a line that no tool begins continues the one before.
const beginnings = /^(?=(?:\S*\/)?(?:find|stat|getfacl|getcap|xargs|sh): |Failed to get capabilities )/m;
/** A complaint about one entry: GNU quotes the name, BusyBox does not. */
const ofAnEntry = /^(?:\S*\/)?(?:find|stat): (?:(?:cannot|can't) statx? )?('?\.\/\/[\s\S]*): ([^:\n]+)$/;
/** The name has gone, or was replaced, since its directory was read. */
const gone = /^(No such file or directory|Not a directory|Invalid argument|Too many levels of symbolic links)$/;
/** Two tools that complain at the same time write into each other's lines. */
const goneLine = /[:(] ?(No such file or directory|Not a directory|Too many levels of symbolic links)\)?$/;
/** A complaint about one entry, which `failedLooks` reads. */
const ofAspect = /^(getfacl: \.\/\/|Failed to get capabilities )/;

/** The error where `by`, a tool of the host or the host itself, prints a line that no parser understands, of no known entry. */
export function notUnderstood(what: string, by: string, line: string, where = ""): ChrootError {
  return new ChrootError("unreadable", {
    what,
    where,
    why: `${by} prints a line that is not understood: ${showRemote(line, 200)}`,
  });
}

function complaints({ error }: List): string[] {
  return error
    .split(beginnings)
    .map((complaint) => complaint.replace(/\n+$/, ""))
    .filter((complaint) => complaint !== "");
}

/**
 * Reads the places that find or stat could not read. A name that has gone needs no look. No look goes into a mount point,
 * whatever find says about it.
 */
export function unreadPlaces(list: List, mounts: readonly Bytes[], isKnown: (path: Bytes) => boolean): Unseen[] {
  return complaints(list).flatMap((complaint) => {
    const [, name = "", why = ""] = ofAnEntry.exec(complaint) ?? [];
    if (name === "" || gone.test(why)) return [];
    const readings = [name, name.replace(/^'|'$/g, ""), unquoted(name)].map(fromAgent);
    if (readings.some((path) => mounts.includes(path))) return [];
    const at = readings.find(isKnown) ?? (readings[1] as Bytes);
    return [{ at, why: { problem: "unreadable", told: why } }];
  });
}

/** Decodes a name that GNU find quotes in the C locale. */
function unquoted(name: string): string {
  const letters: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
  return name
    .replace(/^'|'$/g, "")
    .replace(/\\([0-7]{3}|[\s\S])/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (letters[code] ?? code),
    );
}

/** Fails where a tool may have left out entries without naming them. */
export function checkScanned(list: List, site: Site): void {
  const isOfEntries = (complaint: string) =>
    ofAspect.test(complaint) || ofAnEntry.test(complaint) || complaint.split("\n").every((line) => goneLine.test(line));
  const problems = complaints(list).filter((complaint) => gaveUp.test(complaint) || !isOfEntries(complaint));
  // find ends with 1 and xargs with 123 where a name has gone; a higher status says that a tool was killed, or is
  // missing.
  if (list.status <= 123 && problems.length === 0) return;
  const isChanging = problems.some((problem) => gaveUp.test(problem));
  throw new ChrootError("unreadable", {
    what: "cannot scan the jail",
    where: formatSite(site),
    why:
      (showRemote(problems.join("\n")) || `a process was killed (status ${list.status}): out of memory?`) +
      (isChanging ? ": directories are moved there all the time" : ""),
    ...(isChanging ? { remedy: "stop the process that moves them, most likely the daemon, then run again" } : {}),
  });
}
