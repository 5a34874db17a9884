import type { Claim, Hold } from "../../intent/claim";
import { statedSpecial } from "../../intent/compose";
import { expectationOf } from "../../intent/expectation";
import { anyNumber, type Glob } from "../../intent/glob/glob";
import { type Merged, namesIn } from "../../intent/merge";
import { formatOwner, type Owner } from "../../intent/owner";
import { type Ranked, rankClaims } from "../../intent/rank";
import type { Decided } from "../../intent/registry-record";
import { type Bytes, bytesOf, fromWire, show } from "../../model/bytes";
import { isDeviceType } from "../../model/device";
import { formatMode, formatModeSpec, isMixed, type ModeSpec, mixedMode } from "../../model/mode";
import { isSpecific } from "../../plan/unchecked";
import { byteVariables, quote, ShellGlobs } from "../shell";
import { wishText } from "../text/mount-text";
import { type Contents, sorted } from "./jail-contents";

/** The fixed text of a permission script, beside the declaration. agent/ reads it. */
export interface ScriptParts {
  /** The first line and comments with the script's purpose and usage. */
  readonly head: string;
  /** Functions that define the words of the declaration, and that walk, close, repair and open. */
  readonly engine: string;
  /** Assignments that the engine needs; shell. */
  readonly settings: string;
}

const line = "--- How it is done. Nothing below this line is about this jail. ---";

/**
 * The permission script that admins used to keep by hand, made from the declaration: POSIX sh, with the reasons as comments. It
 * composes the claims as `compose` does, on the host, so that it is right for any entries there.
 */
export function permissionScript(merged: Merged, contents: Contents, { head, settings, engine }: ScriptParts): string {
  const root = bytesOf(merged.jail?.intent.root ?? "");
  const names = namesIn(merged);
  const globs = new ShellGlobs();
  const rules = block("rules", rulesOf(rankClaims(merged.intent.claims), globs));
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
    ...deliveredLines(contents),
    comment("Left alone, with everything below."),
    excludes,
    comment(
      "Owners and modes. Each block stands above those before it, field by field. '*' is a field that is not held.",
    ),
    rules,
    comment("Paths at or below which somebody declares something, mounts that this jail has, and devices."),
    block("claimed", [...claimedBy(merged, globs), "return 1"]),
    block("ours", [
      ...sorted(contents.mounts).map(({ at }) => `case $path in ${quote(at)}) return 0 ;; esac`),
      "return 1",
    ]),
    block("nodes", nodesOf(contents)),
    ...decidedOf(contents),
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

/** The fields of a claim, each as a word of the engine with its value. */
function wordsOf(claim: Claim): string[] {
  const { want } = claim;
  const name = (value: string) => quote(bytesOf(value));
  const bits = (value: number) => `0${formatMode(value)}`;
  const list = (value: string) => (value === "" ? "-" : quote(bytesOf(value)));
  return [
    ...word("owner", want.owner, name),
    ...word("group", want.group, name),
    ...fileModeWords(want.fileMode, bits),
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

/** A mixed mode has two values: the second is for programs. */
function fileModeWords(hold: Hold<ModeSpec> | undefined, bits: (mode: number) => string): string[] {
  if (hold?.is !== "value" || !isMixed(hold.value)) return word("files", hold, (spec) => modeText(spec, false));
  return [`mixed_files ${bits(mixedMode(hold.value, false))} ${bits(mixedMode(hold.value, true))}`];
}

/** The meaning of X for files, as decided when this script was written. */
function decidedOf({ decided = [] }: Contents): string[] {
  const paths = (field: keyof Decided) => decided.flatMap((decisions) => decisions[field].map(fromWire));
  const listed = (name: string, all: readonly Bytes[]) =>
    block(
      name,
      all.length === 0
        ? ["return 1"]
        : ["case $path in", `  ${all.map(quote).join(" | ")}) ;;`, "  *) return 1 ;;", "esac"],
    );
  return [
    comment("Files that are programs for X in a mode, and files that are not; for others root's own file decides."),
    listed("is_program", paths("programs")),
    listed("is_plain", paths("plain")),
  ];
}

function modeText(spec: ModeSpec, isDirectory: boolean): string {
  return formatModeSpec(spec, isDirectory);
}

function requiredOf({ intent }: Merged): string[] {
  const lines = [...expectationOf(intent).required].flatMap(([path, claim]) => [
    ...(claim.match.literal === path && claim.tier !== "rule" ? [comment(text(claim.reason))] : []),
    `need ${quote(path)}`,
  ]);
  return lines.length === 0 ? [":"] : lines;
}

/** The paths that a resource may declare something about, with everything below them. */
function claimedBy({ intent }: Merged, globs: ShellGlobs): string[] {
  const ways = intent.claims.filter(isSpecific).flatMap(({ match }) => leadingTo(match));
  const known = new Map(ways.map((glob) => [JSON.stringify(glob.components), glob]));
  return [...known.keys()].sort().flatMap((key) => {
    const glob = known.get(key);
    if (!glob) return [];
    // "**" alone is everything.
    return glob.components[0] === anyNumber ? ["return 0"] : [globs.matched(glob, "return 0")];
  });
}

/** The glob itself, and for each directory on its way a glob that matches that directory; everything from `**` on matches. */
function leadingTo({ source, components }: Glob): Omit<Glob, "matches">[] {
  const all = components.indexOf(anyNumber);
  const lengths = (all === -1 ? components : components.slice(0, all + 1)).map((_, at) => at + 1);
  return lengths.map((length) => {
    const part = components.slice(0, length);
    const isLiteral = part.every((piece) => typeof piece === "string");
    return { source, components: part, ...(isLiteral ? { literal: part.join("/") as Bytes } : {}) };
  });
}

function nodesOf({ files }: Contents): string[] {
  const nodes = sorted(files).flatMap(({ at, is }) => {
    if (!isDeviceType(is.type) || !("major" in is)) return [];
    const type = is.type.split(" ")[0];
    const names = [is.owner, is.group].map((name) => quote(bytesOf(name))).join(" ");
    return [`case $path in ${quote(at)}) node ${type} ${is.major} ${is.minor} ${names} ${formatMode(is.mode)} ;; esac`];
  });
  return nodes;
}

/** Comments about the files that this script does not put in place, with their reasons. */
function deliveredLines(contents: Contents): string[] {
  const entry = (subject: string, reason: string, by: Owner) =>
    comment(`  ${subject}: ${text(reason)} (${text(formatOwner(by))})`);
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
  const reasons = jail?.intent.exclude ?? {};
  return intent.exclude.map((glob) => [glob, reasons[glob.source] ?? ""] as const);
}

function block(name: string, lines: readonly string[]): string {
  return [`${name}() {`, ...(lines.length === 0 ? [":"] : lines).map((each) => `  ${each}`), "}"].join("\n");
}

/** A person's text as one line without control characters. */
function text(of: string): string {
  return show(bytesOf(of) as Bytes);
}

function comment(of: string): string {
  return `# ${of}`;
}
