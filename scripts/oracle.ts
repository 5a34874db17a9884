import { newOracleTally, oracle } from "../test/oracle/run";

/** `npm run oracle -- [--runs N] [--seed N] [--flavour gnu|busybox] [--verbose]`: tampers with random jails and checks that every tampering is noticed. */
const options = new Map<string, string>();
for (let at = 2; at < process.argv.length; at++) {
  const name = (process.argv[at] ?? "").replace(/^--/, "");
  options.set(name, name === "verbose" ? "yes" : (process.argv[++at] ?? ""));
}
const runs = Number(options.get("runs") ?? 200);
const seed = Number(options.get("seed") ?? Date.now() % 1_000_000);
const flavours = options.has("flavour") ? [options.get("flavour") as "gnu"] : (["gnu", "busybox"] as const);
const stop = new AbortController();
process.on("SIGINT", () => stop.abort());

async function main(): Promise<void> {
  let faults = 0;
  for (const flavour of flavours) {
    const tally = newOracleTally();
    const share = Math.ceil(runs / flavours.length);
    const tell = options.has("verbose") ? (line: string) => console.log(line) : progress(flavour, share, tally);
    await oracle({ flavour, runs: share, seed, signal: stop.signal, tell }, tally);
    const { silent, unsettled, unchecked, stuck } = tally;
    console.log(
      `${flavour}: ${tally.runs} tamperings with ${tally.programs} programs from seed ${seed}: ${silent.length} silent, ` +
        `${unsettled.length} unsettled, ${unchecked.length} not seen by permissions.sh --check, ${stuck.length} stuck`,
    );
    for (const [name, texts] of Object.entries({ silent, unsettled, unchecked, stuck }))
      for (const text of texts) console.log(`  ${name}: ${text}`);
    faults += silent.length + unsettled.length + unchecked.length + stuck.length;
  }
  process.exitCode = faults === 0 ? 0 : 1;
}

function progress(flavour: string, runs: number, tally: { runs: number }): () => void {
  let last = performance.now();
  return () => {
    if (performance.now() - last < 5000) return;
    last = performance.now();
    console.error(`${flavour}: ${tally.runs} of ${runs}`);
  };
}

void main();
