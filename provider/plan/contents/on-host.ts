import type { FileClaim } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import type { PlaceProblem } from "../../intent/place-problem";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { FileFacts } from "../../observe/file-facts";
import { type Difference, keepNothing, type Wanted } from "../difference";
import type { Provided } from "./provided";

/** A file or a link of root on the host, outside the jail, where only root can replace it. */
export function differenceOnHost(claim: FileClaim, provided: Provided, facts: FileFacts): Difference[] {
  const { at, by, is, reason } = claim;
  const { live, unsafe } = facts.places.get(at) ?? {};
  const refusal = unsafe && !isMadeWith(at, unsafe) ? finding("host-place-unsafe", unsafe, claim) : unfit(claim, live);
  if (refusal) {
    provided.refusals.push(refusal);
    return [];
  }
  const isThere = live?.type === is.type;
  const want = wanted(claim, live);
  // A new file, renamed into place, repairs owner and mode too.
  const put = provided.put(claim, live, Object.keys(want).length > 0);
  if (!put) return [];
  const type = isThere ? {} : { type: is.type };
  return [{ path: at, owner: by, live, want: { ...type, ...want }, keep: keepNothing, reason, put }];
}

/** Directories are made only for paths that systemd reads: such a directory exists only while it holds a file. */
function isMadeWith(at: Bytes, unsafe: PlaceProblem): boolean {
  if (unsafe.problem !== "directory-missing") return false;
  const { directory } = unsafe;
  return /^\/etc\/(systemd\/system\/[^/]+\.wants|tmpfiles\.d)$/.test(directory) && at.startsWith(`${directory}/`);
}

function unfit({ at, by, is, overwrite }: FileClaim, live: Live | undefined): Finding | undefined {
  if (live === undefined || live.type === is.type) return undefined;
  if (live.type === "file" && overwrite) return undefined;
  const mayOverwrite = live.type === "file" && is.type === "link";
  return finding("host-place-unfit", { type: live.type, mayOverwrite }, { at, by });
}

/** The owner and mode where they differ; a link's do not count. */
function wanted({ is }: FileClaim, live: Live | undefined): Wanted {
  if (is.type !== "file") return {};
  const mode = { bits: is.mode ?? 0o644, mask: 0o7777 };
  if (live?.type === "file" && live.uid === 0 && live.gid === 0 && live.mode === mode.bits) return {};
  return { uid: 0, gid: 0, mode };
}
