import { formatSite } from "../../agent/site";
import { ChrootError } from "../../errors";
import type { JailContext } from "../assess/jail-context";

/** Throws once the engine may begin no more work. */
export function throwIfStopped({ signal, site }: Pick<JailContext, "signal" | "site">): void {
  if (!signal.aborted) return;
  throw new ChrootError("stopped", {
    what: "the jail is left as it is",
    where: formatSite(site),
    why: "the operation was stopped before it reached this jail",
    remedy: "run it again",
  });
}
