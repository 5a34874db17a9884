import { ChrootError } from "../../errors";
import { type Bytes, bytesOf, fromWire, showRemote } from "../../model/bytes";
import { capabilityNames } from "../../model/capability";
import type { Descriptor, Process, Running } from "../../observe/process";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { expectDone, hasLine, type Reply, toldIn } from "../channel/reply";
import { formatSite } from "../site";
import { enter } from "./enter";

/** Looks at the processes of a jail, in one round trip; none without a jail. Nothing on the host is changed. */
export async function processesOf(agent: Agent): Promise<Running> {
  const [entered, reply] = await Promise.all([enter(agent), ask(agent, "processes")]);
  const [what, where] = ["cannot look at the jail's processes", formatSite(agent.site)];
  expectDone(entered, what, where);
  expectDone(reply, what, where);
  if (hasLine(entered, "absent")) return { processes: [], more: 0, isRestless: false };
  const more = toldIn(reply, "more");
  const isWhole = hasLine(reply, "whole") && (reply.lists.get("links")?.status ?? 0) <= 123;
  if (more === undefined || !isWhole)
    throw new ChrootError("unreadable", { what, where, why: "a process of the agent was killed: out of memory?" });
  const isRestless = hasLine(reply, "restless");
  const blind = toldIn(reply, "unseen");
  return {
    processes: readProcesses(reply, bytesOf(agent.site.root)),
    more: Number(more),
    isRestless,
    ...(blind === undefined ? {} : { blind }),
  };
}

function readProcesses(reply: Reply, jail: Bytes): Process[] {
  const targets = pairs(reply.lists.get("links")?.pieces ?? []);
  const environments = environmentsOf(reply);
  const seen = new Set<number>();
  // Three lines tell of a process: its identity, its rights, its descriptors.
  return reply.lines.flatMap(([word, head], index) => {
    if (word !== "process") return [];
    const [, [, credentials = ""] = [], [, open = ""] = []] = reply.lines.slice(index, index + 3);
    const [pidText = "", task = "", started = "", where, cwd, alike = "", ...name] = head.split(" ");
    const pid = Number(pidText);
    const isThread = seen.has(pid);
    seen.add(pid);
    const target = (link: string, of = alike) => fromWire(targets.get(`${of}/${link}`) ?? "");
    const held = (link: string) => target(link, `/proc/${pid}/task/${task}`);
    const [cut, ...descriptors] = open.split(" ");
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
        .map((text) => readDescriptor(text, held))
        .filter(({ type, path }) => type !== "file" || isOutside(path, [root, jail])),
      hasMoreDescriptors: cut === "cut",
      unseen: [
        ...(cut === "late" ? (["descriptors"] as const) : []),
        ...(isThread || environments.has(pid) ? [] : (["environment"] as const)),
      ],
      environment: isThread ? [] : (environments.get(pid) ?? []),
    };
  });
}

/** Reads the kernel's `Name:` and a tab; the kernel escapes line breaks and backslashes in the name. */
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
  const isWhole =
    ["Uid", "Gid"].every((field) => numbers(field).length === 4 && numbers(field).every(Number.isInteger)) &&
    ["CapPrm", "CapBnd"].every((field) => /^[0-9a-f]+$/.test(fields.get(field) ?? ""));
  if (!isWhole)
    throw new ChrootError("unreadable", {
      what: "cannot look at the jail's processes",
      where: "",
      why: `a line about a process in /proc is not understood: ${showRemote(text, 100)}`,
    });
  return {
    uids: numbers("Uid"),
    gids: numbers("Gid"),
    groups: numbers("Groups"),
    capabilities: capabilityNames(fields.get("CapPrm") ?? ""),
    bounding: capabilityNames(fields.get("CapBnd") ?? ""),
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
 * A file's name tells its place, as seen from one root for all of a process's links. A file that was opened before the
 * chroot may have the jail's own name where the root has another (a bind mount). Memory has no place.
 */
function isOutside(path: Bytes, roots: readonly Bytes[]): boolean {
  if (/^\/memfd:[\s\S]* \(deleted\)$/.test(path)) return false;
  return path.startsWith("/") && !roots.some((root) => path.startsWith(root === "/" ? root : `${root}/`));
}

/** Pairs links with their targets, which follow them. */
function pairs(pieces: readonly string[]): Map<string, string> {
  return new Map(pieces.flatMap((piece, index) => (index % 2 === 0 ? [[piece, pieces[index + 1] ?? ""]] : [])));
}

/** Reads the names in each environment that the agent could read. */
function environmentsOf({ lines }: Reply): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const [word, text] of lines) {
    const [pid = "", name = ""] = text.split(" ");
    if (word === "environ") found.set(Number(pid), []);
    if (word === "environment") found.get(Number(pid))?.push(name);
  }
  return found;
}
