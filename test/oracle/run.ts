import { mountBtrfs } from "../support/btrfs";
import { closeAll } from "../support/connections";
import { type LabHost, startHost } from "../support/sshd";
import { randomChange } from "./changes";
import { Engine, type Shown } from "./engine";
import { inputsOf, type Registered } from "./inputs";
import { layOut, prepareHost } from "./lay-out";
import { accounts, type OracleProgram, randomProgram, root } from "./program";
import { type Random, randomOf } from "./random";
import { randomTampering } from "./tamper";
import type { Tampering } from "./tamperings/tampering";
import { worldOf } from "./world";

export interface OracleOptions {
  readonly flavour: "gnu" | "busybox";
  readonly runs: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly tell?: (line: string) => void;
}

/** The result of some runs. Each fault has its seed, so that it can be repeated. */
export interface OracleTally {
  runs: number;
  /** Programs that the tamperings were about. */
  programs: number;
  /** A tampering that a preview did not show, or not on the right resource. */
  readonly silent: string[];
  /** The preview after `up` was empty, and something was not as before. */
  readonly unsettled: string[];
  /** `permissions.sh --check` ended with 0. */
  readonly unchecked: string[];
  /** An `up` that failed where it should not, or a preview that is not empty after all is taken back. */
  readonly stuck: string[];
}

export function newOracleTally(): OracleTally {
  return { runs: 0, programs: 0, silent: [], unsettled: [], unchecked: [], stuck: [] };
}

/** Tamperings with one program; then the next one is made. */
const perProgram = 10;

export async function oracle(options: OracleOptions, tally: OracleTally): Promise<void> {
  const host = await startHost({ flavour: options.flavour, accounts });
  try {
    const has = new Set(options.flavour === "gnu" ? ["acl", "capabilities", "subvolumes"] : []);
    await prepareHost(host, options.flavour);
    await mountBtrfs(host, "/btrfs");
    await host.must("mkdir -p /btrfs/srv");
    for (let seed = options.seed; tally.runs < options.runs && !options.signal?.aborted; seed++)
      await new Scene(host, options, tally, seed, has).run();
  } finally {
    await closeAll();
    await host.close();
  }
}

/** One program on a fresh jail, and some tamperings with it. */
class Scene {
  readonly #host: LabHost;
  readonly #options: OracleOptions;
  readonly #tally: OracleTally;
  readonly #seed: number;
  readonly #random: Random;
  readonly #has: ReadonlySet<string>;
  #program: OracleProgram;
  #engine = new Engine();
  #resources: Registered[] = [];
  #sound: string[] = [];

  constructor(host: LabHost, options: OracleOptions, tally: OracleTally, seed: number, has: ReadonlySet<string>) {
    this.#host = host;
    this.#options = options;
    this.#tally = tally;
    this.#seed = seed;
    this.#has = has;
    this.#random = randomOf(seed);
    this.#program = randomProgram(this.#random, options.flavour);
  }

  async run(): Promise<void> {
    const tally = this.#tally;
    tally.programs++;
    if (!(await this.#build())) return;
    for (let at = 0; at < perProgram && tally.runs < this.#options.runs && !this.#options.signal?.aborted; at++) {
      const tampering = randomTampering(this.#program, this.#random, this.#has);
      tally.runs++;
      if (!(await this.#once(tampering)) && !(await this.#build())) return;
    }
    await this.#changeProgram();
  }

  /** Changes the program, then tampers once more: a dropped, retained or renamed resource must leave no path unwatched. */
  async #changeProgram(): Promise<void> {
    const { name, program, forget, rename, shows } = randomChange(this.#program, this.#random);
    this.#options.tell?.(`${this.#seed}: ${name}`);
    this.#tally.runs++;
    if (forget !== undefined) this.#engine.forget(forget);
    if (rename) this.#engine.rename(...rename);
    this.#program = program;
    this.#resources = await inputsOf(this.#host, program);
    const refused = drift(await this.#engine.preview(this.#resources)).filter((text) => text.includes("refused"));
    if (refused.length > 0) this.#note("stuck", `${name}: ${refused.join("; ")}`);
    const isShown = drift(await this.#engine.preview(this.#resources)).length > 0;
    if (shows && !isShown) this.#note("silent", name);
    const errors = await this.#engine.up(this.#resources);
    const left = drift(await this.#engine.preview(this.#resources));
    if (errors.length > 0 || left.length > 0) {
      this.#note("stuck", `${name}: ${[...errors, ...left].join("; ")}`);
      return;
    }
    this.#sound = worldOf(this.#host, program);
    const tampering = randomTampering(program, this.#random, this.#has);
    this.#tally.runs++;
    await this.#once({ ...tampering, name: `${name}; ${tampering.name}` });
  }

  async #build(): Promise<boolean> {
    const host = this.#host;
    await layOut(host, this.#program);
    this.#engine = new Engine();
    this.#resources = await inputsOf(host, this.#program);
    const errors = await this.#engine.up(this.#resources);
    const left = drift(await this.#engine.preview(this.#resources));
    if (errors.length > 0 || left.length > 0) {
      this.#note("stuck", `a fresh jail: ${[...errors, ...left].join("; ")}`);
      return false;
    }
    this.#sound = worldOf(host, this.#program);
    return true;
  }

  /** False where the jail has to be built anew. */
  async #once(tampering: Tampering): Promise<boolean> {
    const { name, script, path, on, isOfScript, undo } = tampering;
    this.#options.tell?.(`${this.#seed}: ${name}`);
    const done = await this.#host.sh(script);
    if (done.code !== 0) throw new Error(`seed ${this.#seed}: ${name}: ${script}: ${done.stderr}`);
    const shown = await this.#engine.preview(this.#resources);
    if (!isShown(shown, tampering)) this.#note("silent", `${name} (on ${on.join(" or ")}): ${said(shown)}`);
    if (isOfScript && (await this.#check()) === 0) this.#note("unchecked", name);
    const errors = await this.#engine.up(this.#resources);
    const after = await this.#engine.preview(this.#resources);
    const changed = difference(this.#sound, worldOf(this.#host, this.#program));
    const isSilent = drift(after).length === 0 && errors.length === 0 && !isShown(after, tampering);
    const unnamed = changed.filter((line) => !Object.values(after.get("(log)") ?? {}).some((one) => names(one, line)));
    if (isSilent && unnamed.length > 0 && undo !== "rebuild") this.#note("unsettled", `${name}: ${unnamed.join("; ")}`);
    if (undo === "rebuild") return false;
    // The preview was empty and nothing changes since: another `up` would do nothing.
    if (undo === undefined && drift(after).length === 0 && errors.length === 0) return changed.length === 0;
    if (undo !== undefined) await this.#host.must(`cd ${root} && { ${undo}; }`);
    const last = await this.#engine.up(this.#resources);
    const left = drift(await this.#engine.preview(this.#resources));
    const isSound = difference(this.#sound, worldOf(this.#host, this.#program)).length === 0;
    if (last.length > 0 || left.length > 0) this.#note("stuck", `${name}: ${[...last, ...left].join("; ")} (${path})`);
    return last.length === 0 && left.length === 0 && isSound;
  }

  async #check(): Promise<number | null> {
    const { code } = await this.#host.sh("sh /var/lib/pulumi-chroot/*/permissions.sh --check");
    return code;
  }

  #note(kind: "silent" | "unsettled" | "unchecked" | "stuck", text: string): void {
    this.#tally[kind].push(`seed ${this.#seed} on ${this.#options.flavour}: ${text}`);
    this.#options.tell?.(`${kind.toUpperCase()}: ${text}`);
  }
}

/** Resources of a preview that differ, with the keys; the log is none. */
function drift(shown: Shown): string[] {
  return [...shown].filter(([label]) => label !== "(log)").map(([label, map]) => `${label}: ${JSON.stringify(map)}`);
}

function isShown(shown: Shown, { on, path, isFinding }: Tampering): boolean {
  const log = Object.values(shown.get("(log)") ?? {});
  if (isFinding && log.some((line) => line.includes(path))) return true;
  return on.some((label) =>
    Object.entries(shown.get(label) ?? {}).some(
      ([key, text]) =>
        isAtOrAbove(key.replace(/^\.\//, "").replace(/\/?\*+$/, ""), path) ||
        key.startsWith("(") ||
        /^(not checked|refused)/.test(text),
    ),
  );
}

function isAtOrAbove(key: string, path: string): boolean {
  return key === path || path.startsWith(`${key}/`) || key.startsWith(`${path}/`) || key === ".";
}

/** Lines of either side that the other one does not have. */
function difference(before: readonly string[], after: readonly string[]): string[] {
  const [one, other] = [new Set(before), new Set(after)];
  return [...before.filter((line) => !other.has(line)), ...after.filter((line) => !one.has(line))];
}

function names(log: string, line: string): boolean {
  const path = (line.split("\t")[0] ?? "").replace(/^\.\//, "");
  return path !== "" && log.includes(path.split("/")[0] ?? path);
}

function said(shown: Shown): string {
  return JSON.stringify([...shown]).slice(0, 600);
}
