/** Permission modes: octal and symbolic notation, as chmod(1) reads them with umask 0. */

/** The twelve mode bits of an inode, 0 to 0o7777. */
export type Mode = number;

type Class = "u" | "g" | "o";
const shift: Record<Class, number> = { u: 6, g: 3, o: 0 };

interface Clause {
  readonly who: readonly Class[];
  readonly op: "=" | "+" | "-";
  /** rwx as three bits, or the class whose bits are copied. */
  readonly perms: { readonly bits: number; readonly executeIfAny: boolean } | { readonly copy: Class };
}

/** A declared mode: fixed bits, or a change that is applied to the mode composed so far. */
export type ModeSpec = { readonly octal: Mode } | { readonly clauses: readonly Clause[] };

const clausePattern = /^([ugoa]*)((?:[=+-](?:[rwxXst]*|[ugo]))+)$/;
const actionPattern = /([=+-])([rwxXst]*|[ugo])(?=[=+-]|$)/g;
const specialHint =
  'setuid, setgid and sticky are not part of a declared mode: state them as special, as in ["setgid"]';

/** Reads a mode; a string is the reason why it is invalid. */
export function parseMode(text: string): ModeSpec | string {
  if (/^[0-9]+$/.test(text)) {
    if (!/^[0-7]{4}$/.test(text))
      return `"${text}" is not a mode: write four octal digits, such as "0640", or symbols, such as "u=rw,g=r,o="`;
    const octal = Number.parseInt(text, 8);
    return octal > 0o777 ? specialHint : { octal };
  }
  const clauses: Clause[] = [];
  for (const part of text.split(",")) {
    const match = clausePattern.exec(part);
    if (!match) return `"${text}" is not a mode: "${part}" is not of the form [ugoa][=+-][rwxX], as in "u=rw,g=r,o="`;
    const [, who = "", actions = ""] = match;
    if (/[st]/.test(actions)) return specialHint;
    const classes: Class[] = who === "" || who.includes("a") ? ["u", "g", "o"] : [...new Set([...who] as Class[])];
    for (const [, op = "=", perms = ""] of actions.matchAll(actionPattern)) {
      clauses.push({ who: classes, op: op as Clause["op"], perms: parsePerms(perms) });
    }
  }
  return { clauses };
}

/** A mode that has been checked already. */
export function requireMode(text: string): ModeSpec {
  const mode = parseMode(text);
  if (typeof mode === "string") throw new Error(mode);
  return mode;
}

function parsePerms(perms: string): Clause["perms"] {
  if (perms === "u" || perms === "g" || perms === "o") return { copy: perms };
  const bits = (perms.includes("r") ? 4 : 0) | (perms.includes("w") ? 2 : 0) | (perms.includes("x") ? 1 : 0);
  return { bits, executeIfAny: perms.includes("X") };
}

/** The mode that a declared one gives to an entry whose composed mode is `base`. Special bits of `base` are dropped. */
export function applyMode(spec: ModeSpec, base: Mode, isDirectory: boolean): Mode {
  if ("octal" in spec) return spec.octal;
  let mode = base & 0o777;
  for (const { who, op, perms } of spec.clauses) {
    const bits =
      "copy" in perms
        ? (mode >> shift[perms.copy]) & 7
        : perms.bits | (perms.executeIfAny && (isDirectory || (mode & 0o111) !== 0) ? 1 : 0);
    for (const one of who) {
      const at = shift[one];
      if (op === "=") mode &= ~(7 << at);
      if (op === "-") mode &= ~(bits << at);
      else mode |= bits << at;
    }
  }
  return mode;
}

/** Whether the mode is independent of the mode before it: the same for each of the 512 possible ones. */
export function isAbsolute(spec: ModeSpec, isDirectory: boolean): boolean {
  if ("octal" in spec) return true;
  const first = applyMode(spec, 0, isDirectory);
  for (let base = 1; base <= 0o777; base++) if (applyMode(spec, base, isDirectory) !== first) return false;
  return true;
}

/** The base for `X` of a mixed mode, by whether the file is a program. */
const programBase = { true: 0o111, false: 0 } as const;

/**
 * Whether a mode fixes all bits of a file but its execute bits, as `u=rwX,go=rX`: only the execute bits of the base matter to it.
 */
export function isMixed(spec: ModeSpec): boolean {
  if ("octal" in spec || isAbsolute(spec, false)) return false;
  const [program, plain] = [mixedMode(spec, true), mixedMode(spec, false)];
  for (let base = 0; base <= 0o777; base++)
    if (applyMode(spec, base, false) !== ((base & 0o111) === 0 ? plain : program)) return false;
  return true;
}

/** The mode that a mixed one gives to a program or to another file. */
export function mixedMode(spec: ModeSpec, isProgram: boolean): Mode {
  return applyMode(spec, programBase[`${isProgram}`], false);
}

/** Four octal digits. */
export function formatMode(mode: Mode): string {
  return mode.toString(8).padStart(4, "0");
}

/** A declared mode in its shortest notation: four octal digits where it is absolute, else symbols. */
export function formatModeSpec(spec: ModeSpec, isDirectory: boolean): string {
  if ("octal" in spec || isAbsolute(spec, isDirectory)) return formatMode(applyMode(spec, 0, isDirectory));
  return spec.clauses
    .map(({ who, op, perms }) => `${who.join("")}${op}${"copy" in perms ? perms.copy : lettersOf(perms)}`)
    .join();
}

function lettersOf({ bits, executeIfAny }: { bits: number; executeIfAny: boolean }): string {
  return `${bits & 4 ? "r" : ""}${bits & 2 ? "w" : ""}${bits & 1 ? "x" : ""}${executeIfAny ? "X" : ""}`;
}

/** Special bits by name, for files on literal paths and for directories. */
export const specialBits = { setuid: 0o4000, setgid: 0o2000, sticky: 0o1000 } as const;

/** The bits with which a file runs as its owner or its group. */
export const setIdBits: Mode = specialBits.setuid | specialBits.setgid;
/** All special bits. */
export const allSpecialBits: Mode = setIdBits | specialBits.sticky;

/** The names of the special bits that a mode has. */
export function specialNames(mode: Mode): string[] {
  return Object.entries(specialBits).flatMap(([name, bit]) => ((mode & bit) === 0 ? [] : [name]));
}

/**
 * Whether only root can rename or replace an entry of a directory: either only root writes there, or root owns both and the
 * directory has the sticky bit (unlink(2), rename(2)).
 */
export function keepsEntry(
  directory: { readonly uid: number; readonly mode: Mode },
  owner: number | undefined,
): boolean {
  return isCold(directory) || (directory.uid === 0 && (directory.mode & specialBits.sticky) !== 0 && owner === 0);
}

/**
 * Whether only root can rename or replace entries in a directory; the mode bits bound the rights of an ACL (acl(5), the mask).
 */
export function isCold({ uid, mode }: { readonly uid: number; readonly mode: Mode }): boolean {
  return uid === 0 && (mode & 0o022) === 0;
}
