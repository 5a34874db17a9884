import type { FileClaim } from "../intent/file-claim";
import { type Bytes, show } from "../model/bytes";
import type { Live } from "../model/entry";
import type { FileFacts } from "../observe/files";
import { type Difference, keepNothing, type Wanted } from "./difference";
import type { Provided } from "./provided";

/** A file or a link on the host, beside the jail: root's, where only root can put another one in its place. */
export function differenceOnHost(claim: FileClaim, provided: Provided, facts: FileFacts): Difference | undefined {
  const { at, by, is, reason } = claim;
  const { live, unsafe, missing } = facts.places.get(at) ?? {};
  const why = (isMadeWith(at, missing) ? undefined : unsafe) ?? unfit(claim, live);
  if (why !== undefined) {
    provided.refuse(claim, `${show(at)} ${why}`);
    return undefined;
  }
  const isThere = live?.type === is.type;
  const want = wanted(claim, live);
  // Its owner and mode are put right by making it anew, beside its place.
  const put = provided.put(claim, live, Object.keys(want).length > 0);
  if (!put) return undefined;
  const type = isThere ? {} : { type: is.type };
  return { path: at, owner: by, live, want: { ...type, ...want }, keep: keepNothing, reason, put };
}

/** Only what systemd reads has a directory made for it: there are such only where something is in them. */
function isMadeWith(at: Bytes, missing: Bytes | undefined): boolean {
  return (
    missing !== undefined &&
    /^\/etc\/(systemd\/system\/[^/]+\.wants|tmpfiles\.d)$/.test(missing) &&
    at.startsWith(`${missing}/`)
  );
}

function unfit({ is, overwrite }: FileClaim, live: Live | undefined): string | undefined {
  if (live === undefined || live.type === is.type) return undefined;
  if (live.type === "file" && overwrite) return undefined;
  const remedy = live.type === "file" && is.type === "link" ? "move it away, or set overwrite: true" : "move it away";
  return `is a ${live.type}: ${remedy}`;
}

/** Owner and mode, where they differ; a link has none that count. */
function wanted({ is }: FileClaim, live: Live | undefined): Wanted {
  if (is.type !== "file") return {};
  const mode = { bits: is.mode ?? 0o644, mask: 0o7777 };
  if (live?.type === "file" && live.uid === 0 && live.gid === 0 && live.mode === mode.bits) return {};
  return { uid: 0, gid: 0, mode };
}
