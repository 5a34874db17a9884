import { logToEngine } from "./engine-log";

/** What this process has said, which is one phase of a run: a preview, or what comes after it or without one. */
const said = new Set<string>();

/** Says of connections what has to be said in every run, once for each host, whichever resource it was reached for. */
export async function sayNotices(notices: readonly string[]): Promise<void> {
  for (const notice of notices) {
    if (said.has(notice)) continue;
    said.add(notice);
    await logToEngine("", "warning", notice);
  }
}
