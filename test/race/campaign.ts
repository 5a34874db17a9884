import type { Outcome } from "../../provider/engine/converge/job";
import type { Declaration } from "../../provider/intent/declaration";
import { mountBtrfs } from "../support/btrfs";
import { contentOfText } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { type LabHost, startHost } from "../support/sshd";
import { type Attacker, type Counts, installAttacker, startAttacker } from "./attackers";
import { type Before, check, type Findings, remember } from "./check";
import { checkDelivered, closedIn, deliveries, spoilDelivered } from "./deliveries";
import { plant, randomOf } from "./drift";
import type { Product } from "./product";
import * as scene from "./scene";

export interface CampaignOptions {
  readonly product: Product;
  readonly flavour: "gnu" | "busybox";
  /** Files are delivered into the jail, too. */
  readonly withFiles?: boolean;
  /** The jail and the files beside it are on btrfs, where the attacker's directories are subvolumes. */
  readonly onBtrfs?: boolean;
  readonly runs: number;
  readonly seed: number;
  /** Ends the campaign after the run that is on its way. */
  readonly signal?: AbortSignal;
  readonly stopAtLoss?: boolean;
  /** Gets the findings of a run, with the requests to the agent and its replies. */
  readonly tell?: (run: string, text: string) => void;
}

/** The results of a campaign so far. */
export interface Tally {
  runs: number;
  /** Runs that changed something outside of the jail. */
  lost: number;
  /** Runs after which something in the jail was wrong without a word. */
  faulty: number;
  /** Paths that were left as they were because an inode has names that are not the jail's, or are declared differently. */
  refused: number;
  /** Other paths that were left, and reported. */
  left: number;
  /** Files that were made to be put in place. */
  delivered: number;
  /** The first few of each. */
  readonly details: string[];
  /** Resources that ended with an error, by its code. */
  readonly errors: Map<string, number>;
  /** Failures that no attacker explains. */
  readonly broken: string[];
  readonly attacks: Map<string, number>;
  milliseconds: number;
}

export function newTally(): Tally {
  const zero = { runs: 0, lost: 0, faulty: 0, refused: 0, left: 0, delivered: 0, milliseconds: 0 };
  return { ...zero, details: [], errors: new Map(), broken: [], attacks: new Map() };
}

/** Runs between two rebuilds of the whole tree, so that files which the attacker may not remove itself do not pile up. */
const epoch = 20;
const kept = 5;

/** Damages a jail and converges it, over and over, with an attacker at work meanwhile; adds the results to the tally. */
export async function campaign(options: CampaignOptions, tally: Tally): Promise<void> {
  const host = await startHost({ flavour: options.flavour, accounts: scene.accounts });
  try {
    if (options.onBtrfs) await mountBtrfs(host, "/srv");
    installAttacker(host);
    for (let number = 0; !isOver(options, tally); number++) await new Epoch(host, options, tally, number).run();
  } finally {
    await options.product.closeAll();
    await host.close();
  }
}

function isOver({ runs, signal, stopAtLoss }: CampaignOptions, tally: Tally): boolean {
  return tally.runs >= runs || signal?.aborted === true || (stopAtLoss === true && tally.lost > 0);
}

/** Some runs on a fresh jail, with one attacker. */
class Epoch {
  readonly #host: LabHost;
  readonly #options: CampaignOptions;
  readonly #tally: Tally;
  readonly #layout: scene.Layout;
  readonly #seed: number;

  constructor(host: LabHost, options: CampaignOptions, tally: Tally, number: number) {
    this.#host = host;
    this.#options = options;
    this.#tally = tally;
    this.#layout = number % 2 === 1 ? "hot" : "cold";
    this.#seed = options.seed * 1000 + number;
  }

  async run(): Promise<void> {
    const [host, tally] = [this.#host, this.#tally];
    scene.buildScene(host, this.#layout);
    const before = remember(host);
    const random = randomOf(this.#seed);
    const converge = this.#converger();
    const attacker = await startAttacker(host, this.#seed, scene.hotRoots(this.#layout));
    try {
      await attacker.pause();
      // After a loss the tree allows no further conclusions.
      let isSound = true;
      for (let count = 0; count < epoch && isSound && !isOver(this.#options, tally); count++) {
        const started = performance.now();
        isSound = await this.#once(before, attacker, random, converge, count === epoch - 1);
        tally.milliseconds += performance.now() - started;
      }
    } finally {
      add(tally.attacks, await attacker.stop());
    }
  }

  async #once(
    before: Before,
    attacker: Attacker,
    random: (limit: number) => number,
    converge: () => Promise<Outcome[]>,
    withAcls: boolean,
  ): Promise<boolean> {
    const [host, layout] = [this.#host, this.#layout];
    const { withFiles = false } = this.#options;
    const planted = plant(host, layout, random);
    if (withFiles && layout === "cold") planted.push(...spoilDelivered(host, random));
    this.#options.product.transcript.length = 0;
    attacker.resume();
    const outcomes = await converge();
    await attacker.pause();
    const closed = withFiles ? closedIn(this.#options.product.transcript) : undefined;
    const found = check(host, layout, before, outcomes, withAcls, closed);
    const findings = withFiles ? this.#withDelivered(found, outcomes) : found;
    scene.tidy(host, layout);
    this.#tell(`${layout} root, drift: ${planted.join(", ")}`, findings, outcomes);
    return findings.losses.length === 0 && findings.faults.length === 0;
  }

  #withDelivered(found: Findings, outcomes: readonly Outcome[]): Findings {
    const { transcript } = this.#options.product;
    const { losses, faults, delivered } = checkDelivered(
      this.#host,
      this.#layout,
      outcomes.slice(-deliveries.length),
      transcript,
    );
    this.#tally.delivered += delivered;
    return { ...found, losses: [...found.losses, ...losses], faults: [...found.faults, ...faults] };
  }

  #tell(run: string, { losses, faults, refused, left }: Findings, outcomes: readonly Outcome[]): void {
    const { product, tell } = this.#options;
    const tally = this.#tally;
    tally.runs++;
    tally.refused += refused;
    tally.left += left.length;
    if (losses.length > 0) tally.lost++;
    if (faults.length > 0) tally.faulty++;
    const errors = outcomes.flatMap(({ error }) => error ?? []);
    for (const error of errors) add(tally.errors, new Map([[codeOf(error), 1]]));
    // The daemon may make something else at the place of a file, or above it: that is refused, and said.
    const explained = this.#options.withFiles ? ["not-converged", "refused"] : ["not-converged"];
    const others = errors.filter((error) => !explained.includes(codeOf(error))).map(({ message }) => message);
    // Resources that are converged together share such a failure.
    const broken = [...new Set(others)];
    tally.broken.push(...broken.slice(0, kept - tally.broken.length));
    const found = [...losses, ...faults, ...left, ...broken];
    if (found.length === 0) return;
    const text = [`run ${tally.runs}, ${run}`, ...found].join("\n    ");
    if (tally.details.length < kept) tally.details.push(text);
    tell?.(`run-${tally.runs}`, [text, ...product.transcript].join("\n"));
  }

  #converger(): () => Promise<Outcome[]> {
    const session = this.#options.product.newSession(siteOn(this.#host, scene.root));
    const files = this.#options.withFiles ? deliveries : [];
    const urnOf = ({ owner }: Declaration) => `urn:pulumi:dev::race::pulumi-nodejs:dynamic/chroot:${owner.label}`;
    const declarations = [...scene.declarations(this.#layout), ...files.map(({ declaration }) => declaration)];
    for (const declaration of declarations) {
      const text = files.find((file) => file.declaration === declaration)?.text;
      session.declare(declaration, urnOf(declaration), text === undefined ? undefined : contentOfText(text));
    }
    return () => Promise.all(declarations.map((declaration) => session.converge(declaration)));
  }
}

/** The code of the product's own errors; any other error gives its name. */
function codeOf(error: Error & { code?: string }): string {
  return error.code ?? error.name;
}

function add(sum: Map<string, number>, counts: Counts): void {
  for (const [name, count] of counts) sum.set(name, (sum.get(name) ?? 0) + count);
}
