import { beforeAll } from "@jest/globals";
import { requireLab } from "../../scripts/lab/requirements";
import { inodes } from "./daemon";
import { useLab } from "./e2e";
import type { DeclaredJail, DeclaredRule } from "./program";
import type { Stack } from "./stack";

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
export const release = (number: number) => `
mkdir -p /opt/app/lib && cd /opt/app/lib
echo 'int greet(void) { return ${number}; }' >../greet.c
cc -shared -fPIC -Wl,-soname,libgreet.so -o next ../greet.c && mv next libgreet.so
`;

/** A host for the tests of one file, with compiled programs, and a stack that declares a jail with some of them. */
export function useBinaries() {
  const lab = useLab();
  const root = "/srv/app";
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
  /** The stack, with every program in its jail. */
  const begin = async (): Promise<Stack> => {
    stack = await lab.stack();
    declare(every);
    return stack;
  };

  beforeAll(async () => {
    requireLab(["cc"]);
    await lab.host.must(release(1));
    await lab.host.must(programs);
  });
  return { lab, root, every, begin, declare, run, says, changed };
}

/** The script that the host's registry has for this jail. */
export const registered = "/var/lib/pulumi-chroot/app-*/permissions.sh";
