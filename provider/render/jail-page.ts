import { type Claim, formatOwner, type Hold } from "../intent/claim";
import { statedSpecial } from "../intent/compose";
import { expected } from "../intent/expected";
import type { Merged } from "../intent/merge";
import { rank } from "../intent/rank";
import { show } from "../model/bytes";
import { formatModeSpec, type Mode, specialNames } from "../model/mode";
import { type Contents, contentSections } from "./jail-contents";
import { code, plainText, section, table } from "./markdown";
import { excludesOf } from "./permission-script";

const heads = ["Path", "Reason", "Resource"];

/** What is declared for a jail, as a page of Markdown to read: in the order in which one thing stands above another. */
export function jailPage(merged: Merged, contents: Contents): string {
  const { jail, intent } = merged;
  const claims = rank(intent.claims).map(({ claim }) => claim);
  const args = (jail?.args ?? {}) as { root?: string; user?: string; group?: string };
  const stated = claims.map((claim) => [claim, settings(claim)] as const).filter(([, text]) => text !== "");
  const places = [...expected(intent).required].filter(([path, claim]) => claim.match.literal === path);
  return `${[
    `# Jail ${code(args.root ?? "")}`,
    `The daemon runs in it as ${code(`${args.user ?? ""}:${args.group ?? ""}`)}.`,
    "## Owners and modes",
    "Each row stands above those before it, field by field. “any” is a field that nobody holds.",
    table(
      ["Paths", "Set", "Reason", "Resource", "Stack", "Rank"],
      stated.map(([claim, text]) => [
        matchText(claim),
        text,
        plainText(claim.reason),
        code(claim.by.label),
        claim.by.stack === undefined ? "" : code(claim.by.stack),
        claim.tier === "rule" ? `order ${claim.order}` : claim.tier,
      ]),
    ),
    ...section("Places the daemon writes in", heads, placeRows(places.filter(([, { tier }]) => tier === "writable"))),
    ...section(
      "Directories that have to be there",
      heads,
      placeRows(places.filter(([path, { tier }]) => tier === "baseline" && path !== ".")),
    ),
    ...contentSections(merged, contents),
    ...section(
      "Left alone",
      ["Paths", "Reason"],
      excludesOf(merged).map(([glob, reason]) => [code(glob.source), plainText(reason)]),
      "With everything below.",
    ),
  ].join("\n\n")}\n`;
}

function placeRows(places: readonly (readonly [string, Claim])[]): string[][] {
  return places.map(([path, claim]) => [
    code(path, show(path as Parameters<typeof show>[0])),
    plainText(claim.reason),
    code(formatOwner(claim.by)),
  ]);
}

function matchText({ match, except }: Claim): string {
  const left = except.length === 0 ? "" : ` except ${except.map(({ source }) => code(source)).join(", ")}`;
  return `${code(match.source)}${left}`;
}

/** What a claim sets, field by field. */
function settings(claim: Claim): string {
  const { want } = claim;
  const special = { files: statedSpecial(claim, "file"), directories: statedSpecial(claim, "directory") };
  const fields = [
    field("owner", want.owner, (name) => name),
    field("group", want.group, (name) => name),
    field("files", want.fileMode, (spec) => formatModeSpec(spec, false)),
    field("directories", want.directoryMode, (spec) => formatModeSpec(spec, true)),
    field("special bits of files", special.files, specialText),
    field("special bits of directories", special.directories, specialText),
    field("ACL", want.acl, (list) => list || "none"),
    field("capabilities", want.capabilities, (list) => list || "none"),
  ];
  return fields.filter((text) => text !== "").join(", ");
}

function specialText(mode: Mode): string {
  return specialNames(mode).join(", ") || "none";
}

function field<T>(name: string, hold: Hold<T> | undefined, textOf: (value: T) => string): string {
  if (hold === undefined) return "";
  if (hold.is !== "value") return `${name} ${hold.is === "any" ? "any" : "(set elsewhere)"}`;
  return `${name} ${code(textOf(hold.value))}`;
}
