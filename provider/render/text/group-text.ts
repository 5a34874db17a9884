import { type Bytes, show } from "../../model/bytes";
import { number } from "../../model/counted";
import type { EntryType, Live } from "../../model/entry";
import type { Difference } from "../../plan/difference";
import { belowText, type DifferenceText, differenceText, fieldsText, type Seen } from "./difference-text";
import { type Group, mostKinds, type Place } from "./summary";

/** The entries of a group, as a glob: `www/**`, or `www/*` where none is deeper; `www/*.html` where all names end so. */
export function groupName({ at, isDeep, suffix }: Place): string {
  const names = suffix === "" ? (isDeep ? "**" : "*") : `${isDeep ? "**/" : ""}*${show(suffix as Bytes)}`;
  return `${at === ("." as Bytes) ? "" : `${show(at)}/`}${names}`;
}

/** The kinds of difference in a group, the most frequent first: `40,231 files 0777 => 0644; 12 directories 0777 => 0755`: every entry of the group is in one of the counts. */
export function groupText({ differences }: Group, seen: Seen): DifferenceText & { readonly pair: string } {
  const kinds = new Map<
    string,
    { readonly text: DifferenceText; readonly noun: string; count: number; below: number }
  >();
  for (const difference of differences) {
    const text = kindText(difference, seen);
    const noun = nounOf(difference);
    const key = JSON.stringify([noun, text]);
    const known = kinds.get(key);
    const entry = known ?? { text, noun, count: 0, below: 0 };
    entry.count++;
    entry.below += difference.below ?? 0;
    kinds.set(key, entry);
  }
  const sorted = [...kinds.values()].sort((one, other) => other.count - one.count);
  const shown = sorted.slice(0, mostKinds);
  const others = sorted.slice(mostKinds);
  const count = others.reduce((sum, kind) => sum + kind.count, 0);
  const rest =
    count === 0
      ? []
      : [`${number(count)} more in ${number(others.length)} other ${others.length === 1 ? "way" : "ways"}`];
  const list = (textOf: (one: (typeof shown)[number]) => string) =>
    [...shown.map((kind) => `${whichText(kind)} ${textOf(kind)}`.trim()), ...rest].join("; ");
  return {
    live: list(({ text }) => text.live),
    declared: `${list(({ text }) => `${text.declared}${text.marks}`)}, as declared`,
    marks: "",
    pair: list(({ text: { live, declared, marks } }) => `${live} => ${declared}${marks}`.trim()),
  };
}

function whichText({ count, noun, below }: { count: number; noun: string; below: number }): string {
  return `${entriesText(count, noun)} ${below > 0 ? belowText(below) : ""}`.trim();
}

/** A difference without the values that are its own: checksum, size, number and target. */
function kindText(difference: Difference, seen: Seen): DifferenceText {
  const { put, device: _, below: _below, live, ...plain } = difference;
  // Undeclared entries are counted together, without regard to their owners.
  if (plain.prune) return { ...fieldsText(difference, seen), live: "" };
  const bare = { ...plain, live: live && withoutTarget(live) };
  const isContent = put?.want !== undefined && put.live?.sha256 !== put.want.sha256;
  if (!isContent) return differenceText(bare, seen);
  const text = fieldsText(bare, seen);
  if (!live) return text;
  return { ...text, live: `${text.live} another content`.trim(), declared: `${text.declared} the declared one`.trim() };
}

function withoutTarget({ target: _, ...live }: Live): Live {
  return live;
}

const plurals: Readonly<Record<EntryType, string>> = {
  file: "files",
  directory: "directories",
  link: "links",
  fifo: "FIFOs",
  socket: "sockets",
  "character device": "character devices",
  "block device": "block devices",
  unknown: "entries",
};

function nounOf({ live, want }: Difference): EntryType {
  return live?.type ?? (want.type === undefined || want.type === "absent" ? "unknown" : want.type);
}

function entriesText(count: number, type: string): string {
  const one = type === "unknown" ? "entry" : type === "fifo" ? "FIFO" : type;
  return `${number(count)} ${count === 1 ? one : plurals[type as EntryType]}`;
}
