import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { requireLab } from "../../scripts/lab/requirements";
import { inodes } from "../support/daemon";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import { madeElf } from "../support/made-elf";
import type { DeclaredJail, DeclaredRule } from "../support/program";
import type { Stack } from "../support/stack";

const root = "/srv/app";
const registered = "/var/lib/pulumi-chroot/app-*/permissions.sh";
const library = "opt/app/lib/libgreet.so";

/** Two programs with one library in a directory of their own, one that needs nothing, and a script. */
const programs = String.raw`
set -e
mkdir -p /opt/app/bin /opt/src
cd /opt/src
for name in hello bye; do
  printf '%s\n' '#include <stdio.h>' "int greet(void); int main(void) { return printf(\"$name, %d\\n\", greet()) < 0; }" >$name.c
  cc -o /opt/app/bin/$name $name.c /opt/app/lib/libgreet.so -Wl,--enable-new-dtags,-rpath,/opt/app/lib
done
printf '%s\n' '#include <stdio.h>' 'int main(void) { return puts("alone") < 0; }' >alone.c
cc -static -o /opt/app/bin/alone alone.c
printf '%s\n' '#!/bin/sh' 'echo "a script, $0"' >/opt/app/bin/script
chmod 755 /opt/app/bin/script
`;

/** Makes the library that greets with a number, as a package's upgrade does: a new file in the place of the old one. */
const release = (number: number) => `
mkdir -p /opt/app/lib && cd /opt/app/lib
echo 'int greet(void) { return ${number}; }' >../greet.c
cc -shared -fPIC -Wl,-soname,libgreet.so -o next ../greet.c && mv next libgreet.so
`;

describe("the binaries of a jail", () => {
  const lab = useLab();
  let stack: Stack;

  const every = ["hello", "bye", "alone", "script"].map((name) => `/opt/app/bin/${name}`);
  const declare = (paths: readonly string[], rules: Readonly<Record<string, DeclaredRule>> = {}) => {
    const binaries = Object.fromEntries(paths.map((path) => [path, `for ${path.slice(path.lastIndexOf("/") + 1)}`]));
    const app: DeclaredJail = lab.jail(root, { binaries });
    stack.declare({ jails: { app }, rules });
  };
  const run = (name: string) => lab.host.run(["chroot", "--userspec=1033:1033", root, `/opt/app/bin/${name}`]);
  const says = async (name: string) => (await run(name)).stdout;
  const changed = (from: readonly string[]) =>
    inodes(lab.host, root).flatMap((line) => (from.includes(line) ? [] : [line.split(" ")[0]]));

  beforeAll(async () => {
    requireLab(["cc"]);
    stack = await lab.stack();
    await lab.host.must(release(1));
    await lab.host.must(programs);
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

  test("that no jail may have are refused by name: of another machine, with DT_AUDIT, where others may write", async () => {
    const machine = process.arch === "arm64" ? 62 : 183;
    const made = { foreign: madeElf({ machine }), audited: madeElf({ audit: "libevil.so" }) };
    for (const [name, content] of Object.entries(made)) {
      writeFileSync(lab.host.path(`/opt/app/bin/${name}`), content);
      chmodSync(lab.host.path(`/opt/app/bin/${name}`), 0o755);
    }
    mkdirSync(lab.host.path("/opt/hot"));
    await lab.host.must("chmod 0777 /opt/hot; cp /opt/app/bin/alone /opt/hot/alone");
    declare([...every, "/opt/app/bin/foreign", "/opt/app/bin/audited", "/opt/hot/alone"]);
    const before = inodes(lab.host, root);
    const [told = ""] = linesWith(ok(await stack.preview("--diff")), "warning: ");
    expect(told).toMatch(/\/opt\/app\/bin\/foreign cannot be had in the jail: is for another machine/);
    expect(told).toMatch(/\/opt\/app\/bin\/audited cannot be had in the jail: has the loader run .* \(DT_AUDIT\)/);
    expect(told).toMatch(/\/opt\/hot\/alone cannot be had in the jail: .*others than root may write in \/opt\/hot/);
    failed(await stack.up());
    expect(changed(before)).toStrictEqual([]);
  });

  test("have the mode that a rule gives them, and the script in the registry knows them", async () => {
    const rule = { jail: "app", match: "opt/app/bin/hello", group: "www", fileMode: "0750" };
    declare(every, { hello: rule });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "hello", "create")).toStrictEqual({
      "opt/app/bin/hello": ":root 0755 => :www 0750, takes execute from a program",
    });
    expect(shownDrift(preview, "app")).toBe(undefined);
    ok(await stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/opt/app/bin/hello`)).toBe("root:www 750\n");
    expect(await says("hello")).toBe("hello, 2\n");
    ok(await stack.preview("--expect-no-changes"));
    const before = inodes(lab.host, root);
    expect(await lab.host.must(`sh ${registered} --check && sh ${registered}`)).toBe("");
    expect(changed(before)).toStrictEqual([]);
  });

  test("that are declared no more stay, undeclared and held to the baseline, and the others run on", async () => {
    declare(["/opt/app/bin/hello", "/opt/app/bin/script"]);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "opt/app/bin/alone": "root:root 0755 => root:www 0640, takes execute from a program",
      "opt/app/bin/bye": "root:root 0755 => root:www 0640, takes execute from a program",
      // The rule has gone too.
      "opt/app/bin/hello": "root:www 0750 => root:root 0755, LOOSER",
    });
    ok(await stack.up());
    const left = ["opt/app/bin/alone", "opt/app/bin/bye"].map((path) => `${path} is not declared by any resource`);
    expect(stack.resource("app").outputs["findings"]).toStrictEqual(left);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(
      /no rule speaks of: opt\/app\/bin\/alone, \S+\/bye$/m,
    );
    assert.equal((await run("bye")).code, 126, "nobody may run it");
    expect(await says("hello")).toBe("hello, 2\n");
  });
});
