import type { OracleProgram, Rule } from "./program";

/** A second implementation of the claims' rules, in a few lines: the oracle must not ask the product. */

export type Field = "owner" | "group" | "mode" | "acl" | "capabilities";

/** The label of the resource that is to show drift of a field, or undefined where no resource holds it. */
export function ownerOf(
  program: OracleProgram,
  path: string,
  type: "file" | "directory",
  field: Field,
): string | undefined {
  if (isExcluded(program, path)) return undefined;
  const file = Object.entries(program.files).find(([, { path: at }]) => at === path);
  if (file?.[1].symlinkTo !== undefined) return undefined;
  const own = { owner: file?.[1].owner, group: file?.[1].group, mode: file?.[1].mode }[field as "owner"];
  if (file && own !== undefined) return `JailFile::${file[0]}`;
  const rules = Object.entries(program.rules)
    .filter(([, rule]) => matches(rule.match, path) && states(rule, type, field))
    .sort(([, one], [, other]) => (one.order ?? 100) - (other.order ?? 100));
  const last = rules.at(-1);
  if (last && path !== ".") return `PermissionRule::${last[0]}`;
  const isDaemons = program.writable.some((directory) => path.startsWith(`${directory}/`));
  return isDaemons && field !== "capabilities" ? undefined : "Jail::jail";
}

function states(rule: Rule, type: "file" | "directory", field: Field): boolean {
  if (field === "mode") return (type === "file" ? rule.fileMode : rule.directoryMode) !== undefined;
  if (field === "owner") return rule.owner !== undefined;
  if (field === "group") return rule.group !== undefined;
  return false;
}

export function isExcluded({ jail }: OracleProgram, path: string): boolean {
  const globs = Object.keys((jail["exclude"] ?? {}) as object);
  return globs.some((glob) => matches(glob, path));
}

/** The few forms of globs that the oracle's programs have. */
function matches(glob: string, path: string): boolean {
  if (glob.endsWith("/**")) return path.startsWith(glob.slice(0, -2));
  if (glob.startsWith("**/*")) return path.endsWith(glob.slice(4));
  if (glob.endsWith("/*")) {
    const above = glob.slice(0, -1);
    return path.startsWith(above) && !path.slice(above.length).includes("/");
  }
  return glob === path;
}
