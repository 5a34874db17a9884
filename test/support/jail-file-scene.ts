import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { useLab } from "./e2e";
import type { DeclaredFile } from "./program";
import type { Stack } from "./stack";

/** A host for the tests of one file, with a stack that declares a jail with four files. */
export function useFiles() {
  const lab = useLab();
  const root = "/srv/files";
  let stack: Stack;
  const files: Readonly<Record<string, DeclaredFile>> = {
    conf: { jail: "app", path: "etc/app.conf", source: "app.conf", mode: "0644", hostLink: "/etc/app.conf" },
    motd: { jail: "app", path: "etc/motd", content: "welcome\n", owner: "www", mode: "0600" },
    zone: { jail: "app", path: "etc/localtime", hostFile: "/etc/hostname" },
    link: { jail: "app", path: "etc/link", symlinkTo: "app.conf" },
  };
  const declare = (all: Readonly<Record<string, DeclaredFile>>) =>
    stack.declare({ jails: { app: lab.jail(root) }, files: all });
  const begin = async (): Promise<Stack> => {
    stack = await lab.stack();
    writeFileSync(join(stack.directory, "app.conf"), "listen 80\nworkers 2\n");
    await lab.host.must("echo lab >/etc/hostname");
    declare(files);
    return stack;
  };
  return { lab, root, files, begin, declare };
}
