import { isOnHost } from "../../intent/file-claim";
import { formatOwner } from "../../intent/owner";
import { type Bytes, show } from "../../model/bytes";
import { quarantineName } from "../../model/path";
import type { StayReason } from "../../plan/contents/departure";
import type { Removed } from "../../plan/contents/jail-removal";
import { hostPlaceText } from "./findings/host-places";

/** The most paths that are named; the others are counted. */
const most = 20;

/** The result of a jail's removal, in lines for people. Entries that are still there are worth a warning. */
export function removalLines(root: string, removed: Removed): { severity: "info" | "warning"; text: string }[] {
  const { counts, left, moved, isRootLeft, isUnknown, isShared } = removed;
  const info = (text: string) => ({ severity: "info", text }) as const;
  const warning = (text: string) => ({ severity: "warning", text }) as const;
  const parts = [...counts].map(
    ([type, count]) => `${count.toLocaleString("en-US")} ${count === 1 ? type : plural(type)}`,
  );
  const at = (path: Bytes) => (isOnHost(path) || path === "." ? show(path) : `${root}/${show(path)}`);
  const names = moved.slice(0, most).map(show).join(", ");
  const more = moved.length > most ? ` and ${(moved.length - most).toLocaleString("en-US")} more` : "";
  return [
    info(`removed: ${parts.length > 0 ? parts.join(", ") : "nothing"}`),
    ...(isUnknown
      ? [
          warning(
            "the entries that the Jail itself has made stay: its record does not list them, as an earlier release or another machine has written it",
          ),
        ]
      : []),
    ...(isShared
      ? [info("resources of other stacks are in the jail: their places, the directories above them and the root stay")]
      : []),
    ...(moved.length > 0
      ? [warning(`entries from others are kept in ${root}/${quarantineName}: ${names}${more}`)]
      : []),
    ...left.slice(0, most).map(({ path, why }) => warning(`${at(path)} is left: it ${stayText(why)}`)),
    ...(left.length > most ? [warning(`and ${(left.length - most).toLocaleString("en-US")} more are left`)] : []),
    ...(isRootLeft ? [warning(`${root} is left, as it is not empty: check its contents, then remove it`)] : []),
  ];
}

/** Why something stays, said of it. */
export function stayText(why: StayReason): string {
  switch (why.is) {
    case "other type":
      return `is a ${why.live} now, and was made as a ${why.made}`;
    case "replaced":
      return `is not the ${why.live} that was made`;
    case "unsafe":
      return hostPlaceText(why.problem);
    case "excluded":
      return "is excluded by the Jail";
    case "above excluded":
      return `has ${show(why.excluded)} in it, which the Jail excludes`;
    case "writable":
      return "is below a directory where users other than root may write";
    case "there before":
      return `was there before ${formatOwner(why.owner)}`;
    case "declared":
      return `is declared by ${formatOwner(why.by)}`;
  }
}

/** One line that names the paths that stay when a jail is only forgotten. */
export function keptLine(label: string, root: string, onHost: readonly Bytes[]): string {
  const places = [...new Set(onHost.map(show))];
  const shown = places.slice(0, most).join(", ");
  const more = places.length > most ? ` and ${(places.length - most).toLocaleString("en-US")} more` : "";
  const also = places.length > 0 ? `, and so do ${shown}${more}` : "";
  return `${label} is forgotten: ${root} and its contents stay unchanged${also}; to declare it again, set adopt: true`;
}

function plural(type: string): string {
  return type.endsWith("y") ? `${type.slice(0, -1)}ies` : `${type}s`;
}
