import { meaningOf } from "../../intent/acceptance";
import type { Claim, Hold } from "../../intent/claim";
import { statedSpecial } from "../../intent/compose";
import { expectationOf } from "../../intent/expectation";
import type { Reasons } from "../../intent/jail-intent";
import type { Merged } from "../../intent/merge";
import { formatOwner } from "../../intent/owner";
import { rankClaims } from "../../intent/rank";
import { show } from "../../model/bytes";
import { formatModeSpec, type Mode, specialNames } from "../../model/mode";
import { type Contents, contentSections } from "./jail-contents";
import { code, plainText, section, table } from "./markdown";
import { excludesOf } from "./permission-script";

const heads = ["Path", "Reason", "Resource"];

/** The declaration of a jail, as a page of Markdown in the order of precedence. */
export function jailPage(merged: Merged, contents: Contents): string {
  const { jail, intent } = merged;
  const claims = rankClaims(intent.claims).map(({ claim }) => claim);
  const { root = "", user = "", group = "" } = jail?.intent ?? {};
  const stated = claims.map((claim) => [claim, settings(claim)] as const).filter(([, text]) => text !== "");
  const places = [...expectationOf(intent).required].filter(([path, claim]) => claim.match.literal === path);
  return `${[
    `# Jail ${code(root)}`,
    `The daemon runs in it as ${code(`${user}:${group}`)}.`,
    "Repairs: permissions.history",
    "## Owners and modes",
    "Each row stands above those before it, field by field. “any” is a field that no resource sets.",
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
    ...section("Accepted findings", ["Finding", "Meaning", "Reason"], acceptedRows(jail?.intent.accept ?? {})),
  ].join("\n\n")}\n`;
}

function acceptedRows(accept: Reasons): string[][] {
  return Object.entries(accept)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, reason]) => [code(key), meaningOf(key), plainText(reason)]);
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

/** The fields that a claim sets. */
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
