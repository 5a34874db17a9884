import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { registryHome, registryName } from "../../../provider/agent/site";
import type { JailSession } from "../../../provider/engine/session/jail-session";
import { type Driven, drive, errorsOf, type JailPart } from "../../support/driven";
import { charDevice, directory, file } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";
import { newEngine, newSession } from "../../support/session";

describe("a jail in a jail", () => {
  const [outer, inner] = ["/srv/all jails", '/srv/all jails/deep/in"side'];
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const jail = (root: string, part: JailPart = {}, session?: JailSession): Driven =>
    drive(host.site(root), part, {}, {}, [], session ?? newSession(host.site(root)));
  const exclude = { 'deep/in"side': "another jail" };
  const fresh = () => {
    host.files.remove(outer, registryHome);
    host.files.make(outer, { deep: directory() });
  };
  const tree = (root = outer) => host.walk(root);

  test("is refused by the name of the other, whichever was there first, and nothing is touched", async () => {
    fresh();
    expect(await jail(outer, { onDelete: "removeCreated" }).up()).toSucceed();
    const before = tree();
    const [{ error } = {}] = await jail(inner).up();
    expect(error?.message ?? "").toMatch(
      /Jail::jail is refused: .*: it lies in the jail \/srv\/all jails \(Jail::jail\): exclude deep\/in"side there, or move/,
    );
    expect((await jail(inner).report()).host ?? "").toMatch(/^refused: it lies in the jail/);
    expect(tree()).toStrictEqual(before);
    assert.deepEqual(errorsOf(await jail(outer).up()), [], "the one that was there goes on");

    fresh();
    expect(await jail(inner).up()).toSucceed();
    host.files.chmod(0o777, outer);
    const made = tree();
    const refused = errorsOf(await jail(outer).up()).join();
    expect(refused).toMatch(/the jail \/srv\/all jails\/deep\/in"side \(Jail::jail\) lies in this one: exclude deep/);
    expect(tree()).toStrictEqual(made);
  });

  test("that the outer one excludes is left alone by it: its files, what it lacks, what is moved away, and its end", async () => {
    fresh();
    const whole = { exclude, undeclared: "prune", onDelete: "removeCreated" } as const;
    expect(await jail(outer, whole).up()).toSucceed();
    expect(await jail(inner, { devices: { null: "nobody reads it" } }).up()).toSucceed();
    host.files.make(inner, {
      stray: file("", 0o4777),
      mem: charDevice("1:1", 0o644),
      [`${outer}/deep/stray`]: file(""),
    });
    host.files.chmod(0o777, `${inner}/dev`);
    const before = tree(inner);
    const outcomes = await jail(outer, whole).up();
    expect(outcomes).toSucceed();
    expect([...(outcomes[0]?.moved?.keys() ?? [])]).toStrictEqual(["deep/stray"]);
    expect(tree(inner)).toStrictEqual(before);

    // An earlier release, or a person, may have left such a record.
    const registry = `${registryHome}/${registryName(outer)}`;
    const record = `${registry}/${host.files.names(registry).find((name) => name.endsWith(".json"))}`;
    const kept = host.files.read(record);
    host.files.change(record, (text) => text.replace(/"deep.in.*: "another/, '"elsewhere": "another'));
    await expect(jail(outer, whole).forget("jail")).rejects.toThrow(
      /Jail::jail is not removed: .*: the jail \/srv\/all jails\/deep\/in"side \(Jail::jail\) lies in it\nremove that one first/,
    );
    expect(tree(inner)).toStrictEqual(before);
    host.files.write(record, kept);
    await jail(outer, whole).forget("jail");
    expect(tree(inner)).toStrictEqual(before);
    expect(await jail(inner, { devices: { null: "nobody reads it" } }).up()).toSucceed();
  });

  test("of one program that makes both is refused before any record tells of the outer one", async () => {
    fresh();
    const engine = newEngine();
    const [top, below] = [host.site(outer), host.site(inner)].map((site) => engine.session(site));
    const part = { exclude };
    const both = () => [jail(outer, {}, top), jail(inner, {}, below)] as const;
    expect((await both()[1].report()).host ?? "").toMatch(
      /^refused: it lies in the jail \/srv\/all jails \(Jail::jail\)/,
    );
    jail(outer, part, top);
    expect((await jail(inner, {}, below).report()).host).toBe(undefined);
  });
});
