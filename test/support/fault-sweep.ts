import assert from "node:assert/strict";
import { expect } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import type { Connection } from "../../provider/model/connection";
import { isCold } from "../../provider/model/mode";
import { type Guarded, looser, snapshot } from "./access";
import { type Driven, drive } from "./driven";
import { declared, makeTemplate, reset, root, subjects, type Variant } from "./fault-jail";
import { type Fault, type Faults, type Operation, prepareFaults, registryRest } from "./faults";
import { siteOn, walk } from "./jail-site";
import type { LabHost } from "./sshd";

type Tree = ReadonlyMap<Bytes, Guarded>;

/** Faults in the runs of one jail on one host, and everything that has to be true after each. */
export class Sweep {
  operations: readonly Operation[] = [];
  readonly #host: LabHost;
  readonly #faults: Faults;
  readonly #variant: Variant;
  readonly #hasAcl: boolean;
  /** The jail, by path, after a run without an interruption. */
  #declared: Tree = new Map();
  #written: readonly string[] = [];

  private constructor(host: LabHost, faults: Faults, variant: Variant, hasAcl: boolean) {
    this.#host = host;
    this.#faults = faults;
    this.#variant = variant;
    this.#hasAcl = hasAcl;
  }

  static async start(host: LabHost, variant: Variant): Promise<Sweep> {
    await makeTemplate(host, variant);
    const hasAcl = (await host.sh("command -v setfacl")).code === 0;
    const sweep = new Sweep(host, await prepareFaults(host), variant, hasAcl);
    await reset(host);
    sweep.operations = await sweep.#faults.record(async () => {
      expect(await sweep.#drive().up()).toSucceed();
    });
    sweep.#declared = await snapshot(host, root);
    sweep.#written = await sweep.#documents();
    return sweep;
  }

  /** One run with a fault, a preview, a run of one resource, a run of all. */
  check(fault: Fault, nth: number): Promise<void> {
    return this.survives(() => this.#faults.inject(fault, nth, () => this.#drive().up()));
  }

  /** The same with a fault that the caller makes, in a run that it is given. */
  async survives(faulty: (program: (more?: Partial<Connection>) => Driven) => Promise<unknown>): Promise<void> {
    await reset(this.#host);
    const before = await snapshot(this.#host, root);
    const outside = walk(this.#host.path("/srv/outside"));
    await faulty((more) => this.#drive(more));
    await this.#faults.settle();
    const cut = await snapshot(this.#host, root);
    this.#noLooser(before, cut);
    await this.#preview(before, cut);

    // A rule about paths that no seal closes.
    expect(await this.#drive().up("keys")).toSucceed();
    const opened = await snapshot(this.#host, root);
    this.#noLooser(before, opened);
    const closed = this.#closed(before, opened);
    assert.deepEqual(closed, [], "the next run opens what was closed");

    expect(await this.#drive().up()).toSucceed();
    await this.#isDeclared();
    expect(this.#host.path("/srv/outside")).toBeUntouched(outside);
  }

  /** Waits until nothing of an agent is left on the host. */
  settle(): Promise<void> {
    return this.#faults.settle();
  }

  /** A run with a fault; afterwards no run converges the jail any more. */
  async checkForgotten(fault: Fault, nth: number): Promise<void> {
    await reset(this.#host);
    const before = await snapshot(this.#host, root);
    await this.#faults.inject(fault, nth, () => this.#drive().up());
    assert.notDeepEqual(this.#closed(before, await snapshot(this.#host, root)), [], "something is closed");
    await this.#drive().forget("jail");
    const after = await snapshot(this.#host, root);
    expect(this.#closed(before, after)).toStrictEqual([]);
    this.#noLooser(before, after);
    assert.equal(await this.#host.must("ls -A /var/lib/pulumi-chroot"), "", "and nothing is remembered");
  }

  /** A fault in a run, and another one in the run after it. */
  async checkTwice(first: [Fault, number], second: [Fault, number]): Promise<void> {
    await reset(this.#host);
    const before = await snapshot(this.#host, root);
    await this.#faults.inject(...first, () => this.#drive().up());
    await this.#faults.inject(...second, () => this.#drive().up());
    this.#noLooser(before, await snapshot(this.#host, root));
    expect(await this.#drive().up("keys")).toSucceed();
    expect(this.#closed(before, await snapshot(this.#host, root))).toStrictEqual([]);
    expect(await this.#drive().up()).toSucceed();
    await this.#isDeclared();
  }

  /** The checksums of the documents for people beside the records. The history has the times of all runs. */
  async #documents(): Promise<string[]> {
    const sums = await this.#host.must(
      "cd /var/lib/pulumi-chroot/*; sha256sum permissions.findings permissions.md permissions.sh",
    );
    return sums.trimEnd().split("\n");
  }

  #drive(more: Partial<Connection> = {}): Driven {
    const { jail, rules } = declared(this.#variant, this.#hasAcl);
    return drive(siteOn(this.#host, root, { perDialTimeout: 10, ...more }), jail, rules);
  }

  #noLooser(before: Tree, now: Tree): void {
    const byInode = new Map([...before].map(([path, guarded]) => [guarded.inode, path]));
    const found = [...now].flatMap(([path, guarded]) => {
      const old = byInode.get(guarded.inode);
      // A moved entry stays as it was; a new entry is as its path is declared.
      const place = old ?? path;
      const bounds = { before: before.get(old ?? ("" as Bytes)), declared: this.#declared.get(place) };
      const same = bounds.declared?.type === guarded.type || path.startsWith(".pulumi-chroot");
      return looser(path, guarded, same ? bounds : { ...bounds, declared: undefined }, subjects);
    });
    expect(found).toStrictEqual([]);
  }

  /** Directories that only root may write in now, and neither before nor when all is done. */
  #closed(before: Tree, now: Tree): string[] {
    return [...now].flatMap(([path, guarded]) => {
      const states = [before.get(path), this.#declared.get(path)];
      const isHot = states.every((state) => state?.type === "directory" && !isCold(state));
      return guarded.type === "directory" && isHot && isCold(guarded) ? [path] : [];
    });
  }

  async #preview(before: Tree, cut: Tree): Promise<void> {
    const closed = this.#closed(before, cut);
    const { host, assessment } = await this.#drive().report();
    assert.ok(assessment, host);
    if (closed.length > 0) assert.match(host ?? "nothing is said", /^not finished: a run was cut short/, closed.join());
    if (states(before).join() === states(cut).join()) expect(host).toBe(undefined);
    const after = walk(this.#host.path(root));
    const changed = [...after].filter(([path, { ctime }]) => ctime !== cut.get(path)?.ctime).map(([path]) => path);
    assert.deepEqual(changed, [], "a preview changes nothing");
  }

  async #isDeclared(): Promise<void> {
    const assessment = await this.#drive().assess();
    expect(assessment.plan.differences).toStrictEqual([]);
    expect(assessment.observation.leftSealed).toStrictEqual([]);
    expect(states(await snapshot(this.#host, root))).toStrictEqual(states(this.#declared));
    const left = await this.#host.must(registryRest);
    assert.equal(left, "", "the registry has its records and documents, and nothing else");
    assert.deepEqual(await this.#documents(), this.#written, "the documents are whole, and those of this declaration");
    await this.#faults.settle();
  }
}

/** The declared aspects of a tree: no inode numbers, and no time of a move. */
function states(tree: Tree): string[] {
  return [...tree]
    .filter(([path]) => !path.startsWith(".pulumi-chroot/"))
    .map(([path, { type, uid, gid, mode, entries }]) => `${path} ${type} ${uid}:${gid} ${mode.toString(8)} ${entries}`)
    .sort();
}
