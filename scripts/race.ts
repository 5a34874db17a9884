import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { campaign, newTally, type Tally } from "../test/race/campaign";
import { type HardLinks, setHardLinks } from "../test/race/hard-links";
import { control, product } from "../test/race/product";
import { allowPtrace } from "../test/race/ptracers";
import { shareUid } from "../test/race/shared-uid";
import { closeAll } from "../test/support/connections";
import { account } from "../test/support/program";
import { startHost } from "../test/support/sshd";

/**
 * `npm run race -- [--runs N] [--flavour gnu|busybox] [--hardlinks 0|1] [--files 0|1] [--seed N] [--btrfs] [--control]`:
 * converges N times in each variant while an attacker changes the jail. `--files 1` also delivers files each time. On btrfs the
 * attacker makes subvolumes. `--control` races a copy of the product that seals nothing; the control must lose.
 * `npm run race -- --ptrace --runs N`: delivers N files that a command checks with the daemon's rights, while the daemon tries to
 * take over that command.
 */
const usage =
  "npm run race -- [--runs N] [--flavour gnu|busybox] [--hardlinks 0|1] [--files 0|1] [--seed N] [--btrfs] [--control] | --ptrace [--runs N]";
const progressMs = 5000;

interface Variant {
  readonly flavour: "gnu" | "busybox";
  readonly hardLinks: HardLinks;
  readonly withFiles: boolean;
  readonly tally: Tally;
}

async function main(): Promise<boolean> {
  const options = {
    runs: text("500"),
    flavour: text(),
    hardlinks: text(),
    files: text(),
    seed: text(String(Date.now() % 100_000)),
  };
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({ options: { ...options, btrfs: flag, control: flag, ptrace: flag } });
  if (values.ptrace) return tracing(Number(values.runs));
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  const flavours = (["gnu", "busybox"] as const).filter((one) => (values.flavour ?? one) === one);
  const links = ([1, 0] as const).filter((one) => (values.hardlinks ?? String(one)) === String(one));
  // The control delivers no files: without a seal, its backup of a replaced file may open an attacker's FIFO and hang.
  const files = [false, true].filter(
    (one) => (values.files ?? String(Number(one))) === String(Number(one)) && !(one && values.control),
  );
  const variants: Variant[] = links.flatMap((hardLinks) =>
    flavours.flatMap((flavour) => files.map((withFiles) => ({ flavour, hardLinks, withFiles, tally: newTally() }))),
  );
  if (!Number.isInteger(runs) || !Number.isInteger(seed) || variants.length === 0) throw new Error(`usage: ${usage}`);

  const stop = new AbortController();
  // The first signal ends the current run; the summary follows.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  const folder = mkdtempSync(join(tmpdir(), "pulumi-chroot-race-"));
  console.error(`seed ${seed}; findings are written to ${folder}`);
  const raced = values.control ? control() : product();
  try {
    for (const variant of variants) {
      if (stop.signal.aborted) break;
      const name = nameOf(variant);
      const restore = await setHardLinks(variant.hardLinks);
      const timer = setInterval(() => console.error(`${name}: ${progress(variant.tally, runs)}`), progressMs);
      try {
        const tell = (run: string, found: string) => writeFileSync(join(folder, `${name}-${run}.txt`), found);
        const { flavour, withFiles, tally } = variant;
        await campaign(
          {
            product: raced,
            flavour,
            withFiles,
            onBtrfs: values.btrfs,
            runs,
            seed,
            signal: stop.signal,
            stopAtLoss: values.control,
            tell,
          },
          tally,
        );
      } finally {
        clearInterval(timer);
        await restore();
      }
    }
  } finally {
    raced.remove();
    summary(variants);
  }
  return variants.every(({ tally }) => tally.lost > 0 === values.control && tally.faulty + tally.broken.length === 0);
}

async function tracing(runs: number): Promise<boolean> {
  const restore = await allowPtrace();
  const host = await startHost({ accounts: account });
  try {
    const { runs: done, taken, errors } = await shareUid(host, runs);
    console.log(`${done} runs: ${taken.length} processes shared or seized, ${errors.length} errors`, taken, errors);
    return taken.length + errors.length === 0;
  } finally {
    await closeAll();
    await host.close();
    await restore();
  }
}

function text(value?: string): { type: "string"; default?: string } {
  return { type: "string", ...(value === undefined ? {} : { default: value }) };
}

function nameOf({ flavour, hardLinks, withFiles }: Variant): string {
  return `${flavour}-hardlinks-${hardLinks}${withFiles ? "-files" : ""}`;
}

function progress({ runs, lost, faulty, refused, left, milliseconds }: Tally, of: number): string {
  return `${runs} of ${of} runs, ${lost} lost, ${faulty} faulty, ${refused} refused, ${left} left, ${each(milliseconds, runs)} ms a run`;
}

function each(milliseconds: number, runs: number): string {
  return (milliseconds / Math.max(1, runs)).toFixed(0);
}

function summary(variants: readonly Variant[]): void {
  const row = (variant: Variant) => {
    const { runs, lost, faulty, refused, left, delivered, errors, broken, milliseconds } = variant.tally;
    const failed = [...errors].map(([code, count]) => `${code} ${count}`).join(", ");
    return {
      runs,
      lost,
      faulty,
      refused,
      left,
      delivered,
      broken: broken.length,
      "ms a run": each(milliseconds, runs),
      errors: failed,
    };
  };
  console.table(Object.fromEntries(variants.map((variant) => [nameOf(variant), row(variant)])));
  const attacks = variants.map((variant) => [nameOf(variant), Object.fromEntries(variant.tally.attacks)]);
  console.log("The attacker's operations and how often each succeeded:");
  console.table(Object.fromEntries(attacks));
  for (const variant of variants)
    for (const detail of [...variant.tally.details, ...variant.tally.broken])
      console.log(`${nameOf(variant)}: ${detail}`);
}

main().then(
  (isWon) => process.exit(isWon ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
