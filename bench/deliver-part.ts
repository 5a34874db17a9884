import { LocalContents } from "../provider/engine/assess/local-contents";
import { closeAll } from "../test/support/connections";
import { drive, errorsOf } from "../test/support/driven";
import { newSession } from "../test/support/session";

/** The provider's part of an `up` that delivers a file: it reads the file for its checksum, then sends it. `peak` is in KB. */
async function main(): Promise<void> {
  const { connection, root, file } = JSON.parse(process.argv[2] ?? "");
  const started = performance.now();
  const mark = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17" };
  // A check does the same: the scan of the host runs while the file is read.
  const session = newSession({ connection, root });
  void session.observe();
  const bytes = await new LocalContents().of({ asset: { ...mark, path: file } }, false);
  if (!bytes) throw new Error("no content");
  const driven = drive({ connection, root }, {}, {}, { large: { path: "large", bytes } }, [], session);
  const errors = errorsOf(await driven.up());
  if (errors.length > 0) throw new Error(errors.join());
  const milliseconds = performance.now() - started;
  await closeAll();
  process.stdout.write(JSON.stringify({ milliseconds, peak: process.resourceUsage().maxRSS }));
}

void main();
