import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { campaign, newTally, type Tally } from "../test/race/campaign";
import { type HardLinks, setHardLinks } from "../test/race/hard-links";
import { control, product } from "../test/race/product";

/**
 * `npm run race -- [--runs N] [--flavour gnu|busybox] [--hardlinks 0|1] [--files 0|1] [--seed N] [--control]`: N
 * convergences in each variant, with an attacker at work meanwhile; with files, some are delivered each time. With `--control` against a copy that seals nothing, which has to lose.
 */
const usage =
  "npm run race -- [--runs N] [--flavour gnu|busybox] [--hardlinks 0|1] [--files 0|1] [--seed N] [--control]";
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
  const { values } = parseArgs({ options: { ...options, control: { type: "boolean", default: false } } });
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  const flavours = (["gnu", "busybox"] as const).filter((one) => (values.flavour ?? one) === one);
  const links = ([1, 0] as const).filter((one) => (values.hardlinks ?? String(one)) === String(one));
  // Unsealed, who copies what a file takes the place of may open a FIFO that was swapped in, and wait for ever.
  const files = [false, true].filter(
    (one) => (values.files ?? String(Number(one))) === String(Number(one)) && !(one && values.control),
  );
  const variants: Variant[] = links.flatMap((hardLinks) =>
    flavours.flatMap((flavour) => files.map((withFiles) => ({ flavour, hardLinks, withFiles, tally: newTally() }))),
  );
  if (!Number.isInteger(runs) || !Number.isInteger(seed) || variants.length === 0) throw new Error(`usage: ${usage}`);

  const stop = new AbortController();
  // The first one ends the run that is on its way, and the summary follows.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());
  const folder = mkdtempSync(join(tmpdir(), "pulumi-chroot-race-"));
  console.error(`seed ${seed}; what is found is written to ${folder}`);
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
          { product: raced, flavour, withFiles, runs, seed, signal: stop.signal, stopAtLoss: values.control, tell },
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
  console.log("What the attacker did, by how often it succeeded:");
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
