import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { registered, release, useBinaries } from "../support/binaries-scene";
import { inodes } from "../support/daemon";
import { failed, linesWith, ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";

const library = "opt/app/lib/libgreet.so";

describe("the binaries of a jail", () => {
  const { lab, root, every, begin, declare, says, changed } = useBinaries();
  let stack: Stack;

  // The tests follow one library: each begins where the last one ended.
  beforeAll(async () => {
    stack = await begin();
  });

  test("come with all that they need, each file once, and run", async () => {
    declare(every);
    const shown = shownDrift(ok(await stack.preview("--diff")), "app", "create") ?? {};
    for (const path of [...every, `/${library}`])
      expect(shown[path.slice(1)] ?? path).toMatch(
        new RegExp(`^absent => root:root 0755 file sha256:[0-9a-f]{8} [\\d,]+ bytes as the host's ${path}$`),
      );
    expect(shown["lib64"]).toBe("absent => link -> usr/lib64");
    ok(await stack.up());
    const named = (name: string) => lab.host.must(`find ${root} -name '${name}' | wc -l`);
    for (const name of ["libgreet.so", "libc.so.6", "ld-linux*"]) assert.equal(await named(name), "1\n", name);
    expect([await says("hello"), await says("bye"), await says("alone"), await says("script")]).toStrictEqual([
      "hello, 1\n",
      "bye, 1\n",
      "alone\n",
      "a script, /opt/app/bin/script\n",
    ]);
    lab.host.resetCounts();
    ok(await stack.preview("--expect-no-changes"));
    expect([lab.host.connections(), lab.host.scans()]).toStrictEqual([1, 1]);
  });

  test("of which the host has a newer library are stale: up replaces that file and no other", async () => {
    await lab.host.must(release(2));
    const preview = failed(await stack.preview("--diff", "--expect-no-changes"));
    const { [library]: text = "", ...others } = shownDrift(preview, "app") ?? {};
    expect(text).toMatch(
      /^root:root 0755 stale sha256:\w{8} => root:root 0755 sha256:\w{8} as the host's \/opt\/app\/lib\/libgreet.so$/,
    );
    expect(others).toStrictEqual({});
    const before = inodes(lab.host, root);
    ok(await stack.up());
    // The parent directory changes too: the new file is made in it first.
    expect(changed(before)).toStrictEqual([".", "opt/app/lib", library]);
    expect([await says("hello"), await says("bye")]).toStrictEqual(["hello, 2\n", "bye, 2\n"]);
  });

  test("of which the host has lost a library are refused: who needs it, and nothing is touched", async () => {
    await lab.host.must("mv /opt/app/lib/libgreet.so /opt/app/lib/libgreet.so.gone");
    const before = inodes(lab.host, root);
    const [told = ""] = linesWith(ok(await stack.preview("--diff")), "warning: ");
    for (const name of ["hello", "bye"])
      expect(told).toMatch(new RegExp(`/opt/app/bin/${name} cannot be had in the jail: needs libgreet.so`));
    expect(told).toMatch(/put that right on the host, or leave it out of binaries$/);
    const documents = await lab.host.must(`cat ${registered}`);
    // One that is declared by itself, as in another stack, is converged all the same.
    const jail = { connection: lab.host.connection, root };
    declare(every, { spool: { jail, match: "var/spool", runtime: true, directoryMode: "0700" } });
    expect(failed(await stack.up())).toMatch(/Jail::app is refused.*libgreet\.so/);
    assert.ok(stack.resource("spool").id);
    expect(changed(before)).toStrictEqual([]);
    assert.equal(await lab.host.must(`cat ${registered}`), documents, "it has all binaries still");
    expect(await says("hello")).toBe("hello, 2\n");
    await lab.host.must("mv /opt/app/lib/libgreet.so.gone /opt/app/lib/libgreet.so");
  });
});
