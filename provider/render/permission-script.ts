import { type Claim, formatOwner, type Hold, type Owner } from "../intent/claim";
import { statedSpecial } from "../intent/compose";
import { expected } from "../intent/expected";
import { type Merged, namesIn } from "../intent/merge";
import { type Ranked, rank } from "../intent/rank";
import { type Bytes, bytesOf, show } from "../model/bytes";
import { formatMode, formatModeSpec, type ModeSpec } from "../model/mode";
import { type Contents, sorted } from "./jail-contents";
import { wishText } from "./mount-text";
import { byteVariables, quote, ShellGlobs } from "./shell";

/** What a permission script is made of beside the declaration: fixed text, which agent/ reads. */
export interface ScriptParts {
  /** The first line, and what it is and how it is used, as comments. */
  readonly head: string;
  /** What the script means by the words of the declaration, and how it walks, closes, repairs and opens. */
  readonly engine: string;
  /** Assignments that the engine needs; shell. */
  readonly settings: string;
}

const line = "--- How it is done. Nothing below this line is about this jail. ---";

/**
 * The permission script that admins kept by hand, made from what is declared: POSIX sh, with the reasons as comments. It
 * composes the claims as `compose` does, on the host, so that it is right for whatever it finds there.
 */
export function permissionScript(merged: Merged, contents: Contents, { head, settings, engine }: ScriptParts): string {
  const root = bytesOf(String(merged.jail?.args["root"] ?? ""));
  const names = namesIn(merged);
  const globs = new ShellGlobs();
  const rules = block("rules", rulesOf(rank(merged.intent.claims), globs));
  const excludes = block("excludes", [
    ...excludesOf(merged).flatMap(([glob, reason]) => [
      comment(`${show(bytesOf(glob.source))}: ${text(reason)}`),
      globs.matched(glob, "return 0"),
    ]),
    "return 1",
  ]);
  const required = block("required", requiredOf(merged));
  const declared = [
    `JAIL=${quote(root)} USERS='${names.users.join(" ")}' GROUPS_='${names.groups.join(" ")}'`,
    `EXCLUDED=${merged.intent.exclude.length > 0 ? 1 : "''"}`,
    "",
    comment("Directories that have to be there."),
    required,
    ...puts(contents),
    comment("Left alone, with everything below."),
    excludes,
    comment(
      "Owners and modes. Each block stands above those before it, field by field. '*' is a field that is not held.",
    ),
    rules,
    ...globs.functions,
  ].join("\n");
  const variables = [settings, ...byteVariables(declared)].join("\n");
  return `${head}\n${comment(`The jail ${show(root)}.`)}\n${variables}\n${declared}\n\n${comment(line)}\n${engine}`;
}

function rulesOf(ranked: readonly Ranked[], globs: ShellGlobs): string[] {
  const lines: string[] = [];
  let last: string | undefined;
  for (const { claim, group } of ranked) {
    const words = wordsOf(claim);
    if (words.length === 0) continue;
    if (group !== last) lines.push("rank");
    last = group;
    lines.push(comment(`${text(formatOwner(claim.by))}, ${rankText(claim)}: ${matchText(claim)}`));
    if (claim.reason !== "") lines.push(comment(text(claim.reason)));
    const body = claim.except.reduce((inner, glob) => globs.unmatched(glob, inner), words.join("; "));
    lines.push(globs.matched(claim.match, body));
  }
  return lines;
}

function rankText({ tier, order }: Claim): string {
  return tier === "rule" ? `order ${order}` : tier;
}

function matchText({ match, except }: Claim): string {
  const source = (glob: { source: string }) => show(bytesOf(glob.source));
  return source(match) + (except.length === 0 ? "" : ` except ${except.map(source).join(", ")}`);
}

/** What a claim says, each field a word of the engine with its value. */
function wordsOf(claim: Claim): string[] {
  const { want } = claim;
  const name = (value: string) => quote(bytesOf(value));
  const bits = (value: number) => `0${formatMode(value)}`;
  const list = (value: string) => (value === "" ? "-" : quote(bytesOf(value)));
  return [
    ...word("owner", want.owner, name),
    ...word("group", want.group, name),
    ...word("files", want.fileMode, (spec) => modeText(spec, false)),
    ...word("directories", want.directoryMode, (spec) => modeText(spec, true)),
    ...word("special_files", statedSpecial(claim, "file"), bits),
    ...word("special_directories", statedSpecial(claim, "directory"), bits),
    ...word("acl", want.acl, list),
    ...word("file_capabilities", want.capabilities, list),
  ];
}

function word<T>(name: string, hold: Hold<T> | undefined, textOf: (value: T) => string): string[] {
  if (hold === undefined) return [];
  return [`${name} ${hold.is === "value" ? textOf(hold.value) : hold.is === "any" ? "'*'" : "'?'"}`];
}

function modeText(spec: ModeSpec, isDirectory: boolean): string {
  return formatModeSpec(spec, isDirectory);
}

function requiredOf({ intent }: Merged): string[] {
  const lines = [...expected(intent).required].flatMap(([path, claim]) => [
    ...(claim.match.literal === path && claim.tier !== "rule" ? [comment(text(claim.reason))] : []),
    `need ${quote(path)}`,
  ]);
  return lines.length === 0 ? [":"] : lines;
}

/** What this script does not put in place, and why it is there. */
function puts(contents: Contents): string[] {
  const entry = (what: string, reason: string, by: Owner) =>
    comment(`  ${what}: ${text(reason)} (${text(formatOwner(by))})`);
  const files = sorted(contents.files).map(({ at, reason, by }) => entry(show(at), reason, by));
  const mounts = sorted(contents.mounts).map(({ at, is, reason, by }) =>
    entry(`${show(at)}, ${wishText(is)}`, reason, by),
  );
  return [
    ...titled('Files, links and devices, which "pulumi up" puts in place:', files),
    ...titled('Mounts, which "pulumi up" makes; nothing below them is looked at or changed:', mounts),
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [comment(title), ...lines];
}

/** The globs that are left alone, with their reasons. */
export function excludesOf({ intent, jail }: Merged): (readonly [(typeof intent.exclude)[number], string])[] {
  const reasons = (jail?.args["exclude"] ?? {}) as Readonly<Record<string, string>>;
  return intent.exclude.map((glob) => [glob, reasons[glob.source] ?? ""] as const);
}

function block(name: string, lines: readonly string[]): string {
  return [`${name}() {`, ...(lines.length === 0 ? [":"] : lines).map((each) => `  ${each}`), "}"].join("\n");
}

/** Text of a person as one line without control characters. */
function text(of: string): string {
  return show(bytesOf(of) as Bytes);
}

function comment(of: string): string {
  return `# ${of}`;
}
