import type { Claim, Hold } from "../../intent/claim";
import { escapeGlob, literalGlob, parseGlob } from "../../intent/glob/glob";
import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import { type ModeSpec, requireMode } from "../../model/mode";
import { ancestors } from "../../model/path";
import { accountClaims } from "./accounts";
import type { JailInputs } from "./args";
import { deviceClaims } from "./devices";
import { hostFileClaims } from "./host-files";
import { logClaims } from "./log-socket";
import { mountPointClaims } from "./mounts";

/** The claims of a Jail: the baseline everywhere, its directories, and the daemon's writable ones. */
export function jailClaims(args: Omit<JailInputs, "connection">, by: Owner): Claim[] {
  const { owner, group, fileMode, directoryMode } = args.baseline;
  const baseline = {
    owner: value(owner),
    group: value(group),
    fileMode: value(requireMode(fileMode)),
    directoryMode: value(requireMode(directoryMode)),
    acl: value(""),
    capabilities: value(""),
  };
  const common = { by, except: [], order: 0 };
  const claims: Claim[] = [
    { ...common, match: parseGlob("."), want: baseline, presence: "required", tier: "baseline", reason: "baseline" },
    { ...common, match: parseGlob("**"), want: baseline, presence: "optional", tier: "baseline", reason: "baseline" },
  ];
  const open = { owner: value("root"), group: value(args.group), directoryMode: value<ModeSpec>({ octal: 0o770 }) };
  const any = { is: "any" } as const;
  const contents = { owner: any, group: any, fileMode: any, directoryMode: any, acl: any };
  const writable = Object.keys(args.writable ?? {});
  const isBelow = (path: string) => writable.some((above) => above === "." || path.startsWith(`${above}/`));
  const required = (path: string, reason: string): Claim => {
    const at = { ...common, match: literalGlob(path), presence: "required", reason } as const;
    // A declared directory below a writable one is the daemon's to write in, and so are the directories between them.
    if (writable.includes(path) || isBelow(path)) return { ...at, want: open, tier: "writable" };
    return { ...at, want: {}, tier: "baseline" };
  };
  for (const [path, reason] of Object.entries({ ...args.directories, ...args.writable })) {
    const onTheWay = ancestors(path as Bytes).filter(isBelow);
    claims.push(...[...onTheWay, path].map((each) => required(each, reason)));
  }
  for (const [path, reason] of Object.entries(args.writable ?? {})) {
    const below = parseGlob(path === "." ? "**" : `${escapeGlob(path)}/**`);
    claims.push({ ...common, match: below, want: contents, presence: "optional", tier: "writable", reason });
  }
  return [
    ...claims,
    ...deviceClaims(args.devices, by),
    ...mountPointClaims(args.mounts, by),
    ...logClaims(args.logSocket, by),
    ...accountClaims(args.accounts, by),
    ...hostFileClaims(args.hostFiles, by),
  ];
}

function value<T>(of: T): Hold<T> {
  return { is: "value", value: of };
}
