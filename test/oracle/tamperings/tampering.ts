import { ownerOf } from "../owners";
import type { OracleProgram } from "../program";
import type { Random } from "../random";

/** One change of a host behind Pulumi's back, and the resource that has to show it. */
export interface Tampering {
  readonly name: string;
  /** Run by root on the host, in the jail's root. */
  readonly script: string;
  /** Resources of which one has to show it, or to say that it is not checked. */
  readonly on: readonly string[];
  /** The path that the key, or a line of the log, has to name. */
  readonly path: string;
  /** A finding is enough: the log names the path, and no resource has to differ. */
  readonly isFinding?: true;
  /** Removes the traces that `up` leaves alone; runs before the next tampering. */
  readonly undo?: string;
  readonly needs?: "acl" | "capabilities" | "subvolumes";
  /** `permissions.sh --check` has to notice it, too: it is about owners, modes, ACLs and capabilities alone. */
  readonly isOfScript?: true;
}

/** Makes one, or nothing where the program has nothing of that kind. */
export type Make = (program: OracleProgram, random: Random) => Tampering | undefined;

export const jail = "Jail::jail";

/** A shell word. */
export const q = (text: string) => `'${text.replace(/'/g, "'\\''")}'`;

export interface Target {
  readonly path: string;
  readonly type: "file" | "directory";
}

/** A file or directory of the program that a tampering can hit. */
export function target(program: OracleProgram, random: Random, type?: Target["type"]): Target {
  const files = [
    ...program.plainFiles,
    ...Object.values(program.files).flatMap(({ path, symlinkTo }) => (symlinkTo === undefined ? [path] : [])),
  ].map((path) => ({ path, type: "file" as const }));
  const directories = [".", ...program.directories, ...program.writable].map((path) => ({
    path,
    type: "directory" as const,
  }));
  const all = type === "file" ? files : type === "directory" ? directories : [...files, ...directories];
  return all.length > 0 ? random.pick(all) : { path: ".", type: "directory" };
}

/** The resources that state a field of the path last: each of them may show it. */
export function anyOwner(program: OracleProgram, path: string, type: Target["type"]): string[] {
  const fields = ["owner", "group", "mode", "acl", "capabilities"] as const;
  return [...new Set(fields.flatMap((field) => ownerOf(program, path, type, field) ?? []))];
}
