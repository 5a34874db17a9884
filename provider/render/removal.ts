import { isOnHost } from "../intent/file-claim";
import { type Bytes, show } from "../model/bytes";
import { quarantineName } from "../model/path";
import type { Removed } from "../plan/removal";

/** Paths that are named; the rest is counted. */
const most = 20;

/** What a jail's removal has done, in lines for people: what is worth a warning is what is there still. */
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
            "what the Jail itself has made stays: its record does not tell of it, as an earlier release or another machine has written it",
          ),
        ]
      : []),
    ...(isShared
      ? [info("resources of other stacks are in the jail: their places, the directories above them and the root stay")]
      : []),
    ...(moved.length > 0
      ? [warning(`what others have put there is in ${root}/${quarantineName}, nothing of it is lost: ${names}${more}`)]
      : []),
    ...left.slice(0, most).map(({ path, why }) => warning(`${at(path)} is left: it ${why}`)),
    ...(left.length > most ? [warning(`and ${(left.length - most).toLocaleString("en-US")} more are left`)] : []),
    ...(isRootLeft ? [warning(`${root} is left, as it is not empty: look through it, then remove it`)] : []),
  ];
}

function plural(type: string): string {
  return type.endsWith("y") ? `${type.slice(0, -1)}ies` : `${type}s`;
}
