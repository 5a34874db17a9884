import { type DeviceWish, type FileClaim, isOnHost } from "../../intent/file-claim";
import type { JailIntent, Reasons, UserIntent } from "../../intent/jail-intent";
import type { Merged } from "../../intent/merge";
import type { MountClaim } from "../../intent/mount-claim";
import { formatOwner } from "../../intent/owner";
import type { Decided } from "../../intent/registry-record";
import { fromWire, show, utf8Of } from "../../model/bytes";
import { formatDevice, isDeviceType } from "../../model/device";
import { formatMode } from "../../model/mode";
import type { Closure, JailCopy } from "../../observe/elf/result";
import { wishText } from "../text/mount-text";
import { code, plainText, section } from "./markdown";

/** The files, links and programs that are put into a jail, and onto its host for it. */
export interface Contents {
  /** The files of all resources, without the files that the programs need. */
  readonly files: readonly FileClaim[];
  /** The jail's programs, with the files that they need. */
  readonly closure: Closure;
  readonly mounts: readonly MountClaim[];
  /** The decided meaning of X in a mode. */
  readonly decided?: readonly Decided[];
}

/** Sorted by path, so that the result does not depend on the order of declarations. */
export function sorted<T extends Pick<FileClaim, "at" | "by">>(claims: readonly T[]): T[] {
  const key = ({ at, by }: T) => `${at}\0${formatOwner(by)}`;
  return [...claims].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** Everything in a jail with its reason, as sections of a page of Markdown. */
export function contentSections({ jail }: Merged, contents: Contents): string[] {
  const all = sorted(contents.files);
  const files = all.filter((claim) => !isOnHost(claim.at) && !isDeviceType(claim.is.type));
  const devices = all.filter((claim) => isDeviceType(claim.is.type));
  const onHost = all.filter((claim) => isOnHost(claim.at));
  const isKnown = contents.closure.files.length + contents.closure.links.length > 0;
  return [
    ...section("Files", ["Path", "What", "Reason", "Resource"], files.map(fileRow)),
    ...section("Devices", ["Path", "What", "Reason", "Resource"], devices.map(fileRow)),
    ...section("Mounts", ["Path", "What", "Reason", "Resource"], sorted(contents.mounts).map(mountRow)),
    ...section("Log socket", ["Path", "Who listens", "Reason"], logRows(jail?.intent)),
    ...section("Accounts", ["Name", "What", "Reason"], accountRows(jail?.intent)),
    ...section(
      "Programs and their libraries",
      ["Path", "What", "Why"],
      isKnown ? programRows(contents.closure, jail?.intent.binaries ?? {}) : [],
    ),
    ...section("On the host", ["Path", "What", "Reason", "Resource"], onHost.map(fileRow)),
  ];
}

function fileRow({ at, is, reason, by }: FileClaim): string[] {
  return [code(at, show(at)), kindText(is), plainText(reason), code(formatOwner(by))];
}

function mountRow({ at, is, reason, by }: MountClaim): string[] {
  const text = wishText(is);
  return [code(at, show(at)), code(text, text), plainText(reason), code(formatOwner(by))];
}

function kindText(is: FileClaim["is"]): string {
  if (is.type === "link") return `link to ${code(is.target, show(is.target))}`;
  if (is.type !== "file") return deviceText(is);
  return is.content?.from === "host" ? `as the host's ${code(is.content.path, show(is.content.path))}` : "as declared";
}

function deviceText({ type, owner, group, mode, ...number }: DeviceWish): string {
  return `${type} ${formatDevice(number)}, ${code(`${owner}:${group} ${formatMode(mode)}`)}`;
}

function logRows(jail: JailIntent | undefined): string[][] {
  if (!jail?.logSocket) return [];
  const { at, from, reason } = jail.logSocket;
  return [[code(utf8Of(at)), from.startsWith("/") ? `who does at ${code(from)}` : from, plainText(reason)]];
}

function accountRows(jail: JailIntent | undefined): string[][] {
  const { users = {}, groups = {} } = jail ?? {};
  const byName = (one: readonly [string, unknown], other: readonly [string, unknown]) => (one[0] < other[0] ? -1 : 1);
  return [
    ...Object.entries(users)
      .sort(byName)
      .map(([name, user]) => userRow(name, user)),
    ...Object.entries(groups)
      .sort(byName)
      .map(([name, reason]) => [code(name), "group", plainText(reason)]),
  ];
}

function userRow(name: string, { reason, home, group, allowRoot }: UserIntent): string[] {
  const parts = [
    "user",
    ...(group === undefined ? [] : [`group ${code(group)}`]),
    ...(home === undefined ? [] : [`home ${code(home)}`]),
  ];
  const why = allowRoot === undefined ? reason : `${reason}; allowed although its number is 0: ${allowRoot}`;
  return [code(name), parts.join(", "), plainText(why)];
}

function programRows({ files, links }: Closure, binaries: Reasons): string[][] {
  const rows = [
    ...files.map((copy) => [copy.path, copy.role, neededText(copy, binaries)] as const),
    ...links.map(({ path, target }) => [path, `link to ${code(target, show(target))}`, "as on the host"] as const),
  ];
  return rows
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, role, why]) => [code(path, show(path)), role, why]);
}

/** For a program its reason; for a needed file the programs that need it, whose own rows have the reasons. */
function neededText({ role, neededBy }: JailCopy, binaries: Reasons): string {
  const names = [...neededBy].sort();
  const name = (binary: string) => code(binary, show(fromWire(binary)));
  if (role !== "binary") return `needed by ${names.map(name).join(", ")}`;
  return names.map((binary) => `${name(binary)}: ${plainText(binaries[binary] ?? "")}`).join("; ");
}
