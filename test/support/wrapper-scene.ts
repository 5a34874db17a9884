import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll } from "@jest/globals";
import type * as chroot from "../../provider";
import { useLab } from "./e2e";
import type { Stack } from "./stack";

interface Given {
  readonly jail: object;
  readonly wrapper: object;
}

/** A host for the tests of one file, with a stack that declares a jail with sleep in it, and what starts it there. */
export function useWrapper() {
  const lab = useLab();
  const root = "/srv/wrapped";
  const path = "/etc/jails/sleeper";
  const restarts = "/run/lab/restarts";
  const processes: ChildProcess[] = [];
  let stack: Stack;

  const jail = (at = root) => ({
    user: "www",
    group: "www",
    baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
    binaries: { "/bin/sleep": "the daemon of this test" },
    ...lab.jail(at),
  });
  const declare = (wrapper: object = {}) =>
    stack.program<Given>(
      ({ Jail, Wrapper }, given) => {
        const jail = new Jail("app", given.jail as chroot.JailArgs);
        new Wrapper("sleeper", { jail, ...given.wrapper } as chroot.WrapperArgs);
      },
      {
        jail: jail(),
        wrapper: {
          path,
          command: ["/bin/sleep", "1000"],
          restart: ["sh", "-c", `echo x >>${restarts}`],
          reason: "sleep does not change its root itself",
          ...wrapper,
        },
      },
    );
  const count = async () => (await lab.host.must(`cat ${restarts} 2>/dev/null | wc -l`)).trim();

  async function start(...argv: string[]): Promise<string> {
    const jail = argv[1] ?? root;
    const daemon = lab.host.spawn(argv);
    processes.push(daemon);
    for (let tries = 0; tries < 100; tries++) {
      const { stdout } = await lab.host.sh(
        `for p in /proc/[0-9]*; do [ "$p/root" -ef ${jail} ] && [ "$(readlink $p/root)" = ${jail} ] && echo "\${p#/proc/}"; done; :`,
      );
      const [pid] = stdout.trim().split("\n").filter(Boolean).slice(-1);
      if (pid) return pid;
      await setTimeout(50);
    }
    throw new Error(`${argv.join(" ")} does not run`);
  }
  async function stop(): Promise<void> {
    for (const daemon of processes.splice(0)) {
      const ended = once(daemon, "close");
      await lab.host.kill(daemon);
      await ended;
    }
  }

  /** Makes the directory that shows a running systemd, and a systemctl that notes its arguments: systemd does not run here. */
  async function pretendSystemd(): Promise<void> {
    await lab.host.must("mkdir -p /run/systemd/system /etc/systemd/system/multi-user.target.wants");
    await lab.host.replace("/usr/bin/systemctl", () => '#!/bin/sh\necho "$*" >>/run/lab/systemctl\n');
  }

  /** The stack, with the wrapper as its program. */
  async function begin(): Promise<Stack> {
    stack = await lab.stack();
    declare();
    return stack;
  }

  beforeAll(async () => {
    await lab.host.must("mkdir -p /etc/jails /run/lab");
  });
  afterAll(stop);
  return { lab, root, path, jail, begin, declare, count, start, stop, pretendSystemd };
}
