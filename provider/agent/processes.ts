import { ChrootError } from "../errors";
import { type Bytes, bytesOf, fromWire } from "../model/bytes";
import { capabilityNames } from "../model/capability";
import type { Descriptor, Process, Running } from "../observe/process";
import type { Agent } from "./agent";
import { enter } from "./observe";
import { expectDone, type Reply } from "./reply";
import { formatSite, type Site } from "./site";

/** Who runs in a jail, in one round trip; nobody where there is no jail. Nothing on the host is changed. */
export async function processesOf(agent: Agent, site: Site): Promise<Running> {
  const [entered, reply] = await Promise.all([enter(agent, site.root), agent.request("processes")]);
  const [what, where] = ["cannot look at the jail's processes", formatSite(site)];
  expectDone(entered, what, where);
  expectDone(reply, what, where);
  if (entered.lines.some(([word]) => word === "absent")) return { processes: [], more: 0 };
  const more = reply.lines.find(([word]) => word === "more")?.[1];
  const isWhole = reply.lines.some(([word]) => word === "whole") && (reply.lists.get("links")?.status ?? 0) <= 123;
  if (more === undefined || !isWhole)
    throw new ChrootError("unreadable", { what, where, why: "a process of the agent was killed: out of memory?" });
  return { processes: readProcesses(reply, bytesOf(site.root)), more: Number(more) };
}

function readProcesses(reply: Reply, jail: Bytes): Process[] {
  const targets = pairs(reply.lists.get("links")?.pieces ?? []);
  const environments = environmentsOf(reply);
  const seen = new Set<number>();
  // Three lines tell of one: what it is, what it may do, what it holds open.
  return reply.lines.flatMap(([word, head], index) => {
    if (word !== "process") return [];
    const [, [, credentials = ""] = [], [, held = ""] = []] = reply.lines.slice(index, index + 3);
    const [pidText = "", task = "", started = "", where, cwd, ...name] = head.split(" ");
    const pid = Number(pidText);
    const isThread = seen.has(pid);
    seen.add(pid);
    const target = (link: string) => fromWire(targets.get(`/proc/${pid}/task/${task}/${link}`) ?? "");
    const [cut, ...descriptors] = held.split(" ");
    const [root, program] = [target("root"), target("exe")];
    return {
      pid,
      ...(isThread ? { thread: Number(task) } : {}),
      started,
      name: nameOf(name.join(" ")),
      ...(program === "" ? {} : { program }),
      root,
      isNested: where === "below",
      cwd: target("cwd"),
      isCwdInside: cwd === "inside",
      ...readCredentials(credentials),
      descriptors: descriptors
        .map((text) => readDescriptor(text, target))
        .filter(({ type, path }) => type !== "file" || isOutside(path, [root, jail])),
      hasMoreDescriptors: cut === "cut",
      environment: isThread ? [] : (environments.get(pid) ?? []),
    };
  });
}

/** What the kernel writes as `Name:` and a tab; it escapes line breaks and backslashes in it. */
function nameOf(line: string): Bytes {
  const text = line.replace(/^Name:\t/, "");
  return fromWire(text.replace(/\\([n\\])/g, (_, letter) => (letter === "n" ? "\n" : "\\")));
}

function readCredentials(
  text: string,
): Pick<Process, "uids" | "gids" | "groups" | "capabilities" | "bounding" | "noNewPrivs" | "umask"> {
  const fields = new Map(text.split("\n").map((line) => line.split(":\t", 2) as [string, string]));
  const numbers = (field: string) => (fields.get(field) ?? "").split(/\s+/).filter(Boolean).map(Number);
  const umask = fields.get("Umask");
  return {
    uids: numbers("Uid"),
    gids: numbers("Gid"),
    groups: numbers("Groups"),
    capabilities: capabilityNames(fields.get("CapPrm") ?? "0"),
    bounding: capabilityNames(fields.get("CapBnd") ?? "0"),
    noNewPrivs: fields.get("NoNewPrivs") === "1",
    ...(umask === undefined ? {} : { umask: Number.parseInt(umask, 8) }),
  };
}

/** `kind:number`. */
function readDescriptor(text: string, target: (link: string) => Bytes): Descriptor {
  const [kind, number = ""] = text.split(":");
  const type = kind === "block" ? "block device" : kind === "directory" ? "directory" : "file";
  return { number: Number(number), type, path: target(`fd/${number}`) };
}

/**
 * A file's name tells where it is, as seen from one place for all of a process's links. One that has been opened before
 * the chroot may have the jail's own name where the root has another (a bind mount). Memory has no place.
 */
function isOutside(path: Bytes, roots: readonly Bytes[]): boolean {
  if (/^\/memfd:[\s\S]* \(deleted\)$/.test(path)) return false;
  return path.startsWith("/") && !roots.some((root) => path.startsWith(root === "/" ? root : `${root}/`));
}

/** Links and where they lead, one after the other. */
function pairs(pieces: readonly string[]): Map<string, string> {
  return new Map(pieces.flatMap((piece, index) => (index % 2 === 0 ? [[piece, pieces[index + 1] ?? ""]] : [])));
}

function environmentsOf({ lines }: Reply): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const [word, text] of lines) {
    if (word !== "environment") continue;
    const [pid = "", name = ""] = text.split(" ");
    found.set(Number(pid), [...(found.get(Number(pid)) ?? []), name]);
  }
  return found;
}
