/** POSIX access control lists (acl(5)), beyond the mode. */

/**
 * The entries of an ACL that a mode does not show, sorted, with numbers for names: `user:1001:r-x`, `group::r-x`,
 * `default:group:7:rwx`. The mode has the entries of the owner and of others; the mask is the mode's group bits. Empty: none.
 */
export type Acl = readonly string[];

/** A declared entry for a user or a group beside the owners; new entries of a directory inherit its `default` ones. */
interface NamedEntry {
  readonly isDefault: boolean;
  readonly tag: "user" | "group";
  readonly name: string;
  /** rwx as three bits. */
  readonly bits: number;
  /** `X`: execute for directories, and for files that some user may execute. */
  readonly executeIfAny: boolean;
}

const entryPattern =
  /^(?:(d(?:efault)?):)?(u(?:ser)?|g(?:roup)?):([A-Za-z0-9_.][A-Za-z0-9_.@$-]{0,255}):([rwxX-]{1,3})$/;

/** Reads one declared entry, in the notation of setfacl(1); a string is the reason why it is invalid. */
function parseEntry(text: string): NamedEntry | string {
  const match = entryPattern.exec(text);
  if (!match)
    return `"${text}" is not an entry for a user or a group: write "user:backup:r-x" or "default:group:adm:rX"; the owner's, the group's and others' permissions are the mode's`;
  const [, isDefault, tag = "", name = "", letters = ""] = match;
  return {
    isDefault: isDefault !== undefined,
    tag: tag.startsWith("u") ? "user" : "group",
    name,
    bits: bitsOf(letters),
    executeIfAny: letters.includes("X"),
  };
}

/** The reason why a text is no entry of a declared ACL, or undefined when it is one. */
export function aclEntryProblem(text: string): string | undefined {
  const entry = parseEntry(text);
  return typeof entry === "string" ? entry : undefined;
}

/** The reason why a list of entries is no declared ACL, or undefined when it is one. */
export function aclProblem(entries: readonly string[]): string | undefined {
  const keys = entries.map(parseEntry).map((entry) => {
    return typeof entry === "string" ? entry : `${entry.isDefault ? "default:" : ""}${entry.tag}:${entry.name}`;
  });
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return twice === undefined ? undefined : `"${twice}" is there twice: give it one entry`;
}

/** A declared ACL that has been checked already, as one text: equal texts are equal lists. */
export function aclText(entries: readonly string[]): string {
  return parseAcl(entries.join())
    .map(({ isDefault, tag, name, bits, executeIfAny }) => {
      const perms = lettersOf(bits) + (executeIfAny ? "X" : "");
      return `${isDefault ? "default:" : ""}${tag}:${name}:${perms.replaceAll("-", "").padEnd(1, "-")}`;
    })
    .sort()
    .join();
}

function parseAcl(text: string): NamedEntry[] {
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const entry = parseEntry(part);
      if (typeof entry === "string") throw new Error(entry);
      return entry;
    });
}

/** Users and groups that a declared ACL names. */
export function principalsIn(text: string): { users: string[]; groups: string[] } {
  const entries = parseAcl(text);
  const names = (tag: NamedEntry["tag"]) => entries.filter((entry) => entry.tag === tag).map(({ name }) => name);
  return { users: names("user"), groups: names("group") };
}

/**
 * Applies a declared ACL to an entry with a mode. The group's own permissions stay those of the mode, and the mode's group bits
 * become the mask, which covers the group and all declared entries. Names that the host does not know are undefined.
 */
export function resolveAcl(
  text: string,
  mode: number,
  isDirectory: boolean,
  idOf: (tag: NamedEntry["tag"], name: string) => number | undefined,
): { acl: Acl; mask: number } {
  const base = { user: (mode >> 6) & 7, group: (mode >> 3) & 7, other: mode & 7 };
  const acl: string[] = [];
  const masks = { access: base.group, default: base.group };
  const hasEntries = { access: false, default: false };
  // Two names may have one number: its rights are the sum of both.
  const named = new Map<string, number>();
  for (const { isDefault, tag, name, bits, executeIfAny } of parseAcl(text)) {
    if (isDefault && !isDirectory) continue;
    const perms = bits | (executeIfAny && (isDirectory || (mode & 0o111) !== 0) ? 1 : 0);
    const kind = isDefault ? "default" : "access";
    masks[kind] |= perms;
    hasEntries[kind] = true;
    const key = `${isDefault ? "default:" : ""}${tag}:${idOf(tag, name) ?? name}`;
    named.set(key, (named.get(key) ?? 0) | perms);
  }
  acl.push(...[...named].map(([key, perms]) => `${key}:${lettersOf(perms)}`));
  if (hasEntries.access) acl.push(`group::${lettersOf(base.group)}`);
  if (hasEntries.default) {
    acl.push(`default:user::${lettersOf(base.user)}`, `default:group::${lettersOf(base.group)}`);
    acl.push(`default:mask::${lettersOf(masks.default)}`, `default:other::${lettersOf(base.other)}`);
  }
  return { acl: acl.sort(), mask: hasEntries.access ? masks.access : base.group };
}

/**
 * Reads the entries that getfacl(1) prints for one file, with numbers for names; without a mask only default entries add to the
 * mode.
 */
export function readAcl(lines: readonly string[]): Acl {
  const shown = lines.some((line) => line.startsWith("mask::")) ? /^(user|other|mask)::/ : /^(user|group|other)::/;
  return lines
    .map((line) => line.replace(/\s*#.*$/, ""))
    .filter((line) => line !== "" && !shown.test(line))
    .sort();
}

/** An entry for a user or a group by number, beside the owners. */
export interface AccessEntry {
  readonly tag: "user" | "group";
  readonly id: number;
  /** rwx as three bits, before the mask. */
  readonly bits: number;
}

/** The named entries that count for access now. */
export function accessEntries(acl: Acl): AccessEntry[] {
  return acl.flatMap((entry) => {
    const [, tag, id, letters = ""] = /^(user|group):([0-9]+):(.*)$/.exec(entry) ?? [];
    return tag === undefined ? [] : [{ tag: tag as AccessEntry["tag"], id: Number(id), bits: bitsOf(letters) }];
  });
}

/** The permissions of the group itself, which the mode does not show where there is an ACL; as three bits. */
export function groupBits(acl: Acl, mode: number): number {
  const own = acl.find((entry) => entry.startsWith("group::"));
  return own === undefined ? (mode >> 3) & 7 : bitsOf(own.slice("group::".length));
}

/** Whether named users or groups have access; default entries only apply to entries that are made later. */
export function hasAccessEntries(acl: Acl): boolean {
  return acl.some((entry) => !entry.startsWith("default:"));
}

function lettersOf(bits: number): string {
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
}

function bitsOf(letters: string): number {
  return (letters.includes("r") ? 4 : 0) | (letters.includes("w") ? 2 : 0) | (letters.includes("x") ? 1 : 0);
}
