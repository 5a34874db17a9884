import { bytesOf, show } from "../../model/bytes";
import { formatMode } from "../../model/mode";
import {
  formatSize,
  type LiveMount,
  limitingOptions,
  type MountWish,
  mountLimits,
  procOptions,
} from "../../model/mount";
import type { FenceChange, MountChange } from "../../plan/difference";

/** A mount for people: `bind /srv/data ro,nosuid,nodev,noexec`, `tmpfs 64m root:www 0770 nosuid,nodev,noexec`. */
export function mountText({ claim, live, how }: MountChange): { live: string; declared: string } {
  return {
    live: live ? liveText(live, claim?.is, how === "remount") : "not mounted",
    declared: claim ? wishText(claim.is) : "not mounted",
  };
}

/** The declared mount; a bind with its source. */
export function wishText(is: MountWish): string {
  const limits = [...mountLimits(is)].join();
  if (is.type === "bind") return `bind ${show(is.source)} ${limits}`;
  if (is.type === "proc") return `proc ${procOptions(is).join()} ${limits}`;
  return `tmpfs ${formatSize(is.size)} ${is.owner}:${is.group} ${formatMode(is.mode)} ${limits}`;
}

function liveText(live: LiveMount, is: MountWish | undefined, isSame: boolean): string {
  const limits = limitingOptions.filter((option) => live.options.has(option)).join() || "no limits";
  if (isSame && is?.type === "bind") return `bind ${show(is.source)} ${limits}`;
  if (is?.type === "bind" && is.shows && live.root.endsWith("//deleted"))
    return is.shows === "socket" ? "bind of a dead socket" : "bind of a file that the host has replaced";
  if (live.type === "proc" && live.root === "/") {
    const shown = ["hidepid", "subset", "gid"].flatMap((name) => {
      const value = live.superOptions.get(name) ?? (name === "hidepid" ? "off" : undefined);
      return value === undefined ? [] : [`${name}=${show(bytesOf(value))}`];
    });
    return `proc ${shown.join()} ${limits}`;
  }
  if (live.type !== "tmpfs" || live.root !== "/") {
    // As findmnt(8) shows it.
    const source = live.root === "/" ? live.source : `${live.source}[${live.root}]`;
    return `${show(bytesOf(live.type))} ${show(bytesOf(source))} ${limits}`;
  }
  const { superOptions } = live;
  const [size = "", mode = "1777"] = [superOptions.get("size"), superOptions.get("mode")];
  const kibibytes = Number(/^([0-9]+)k$/.exec(size)?.[1]);
  const owners = `${superOptions.get("uid") ?? 0}:${superOptions.get("gid") ?? 0}`;
  const shown = Number.isNaN(kibibytes) ? "of any size" : formatSize(kibibytes);
  return `tmpfs ${shown} ${owners} ${mode.padStart(4, "0")} ${limits}`;
}

export function fenceText({ live, want }: FenceChange): { live: string; declared: string } {
  const text = (lines: string) => {
    const count = lines.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
    return count === 0 ? "without lines of this jail" : `with ${count} ${count === 1 ? "line" : "lines"} of this jail`;
  };
  const declared = text(want);
  return { live: text(live), declared: text(live) === declared ? `${declared}, others` : declared };
}
