import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "./e2e";
import type { Stack } from "./stack";
import { type Line, lineTo } from "./tcp-proxy";

/** The name of each trouble is its test's. */
type Trouble =
  | "is cut in the login"
  | "swallows everything in the handshake"
  | "is cut while something is repaired"
  | "speaks another protocol first";

export function testBadLine(troubles: readonly Trouble[]): void {
  describe("a line between the CLI and a host", () => {
    const lab = useLab();
    let line: Line;
    let stack: Stack;
    beforeAll(async () => {
      line = await lineTo(lab.host.port);
      stack = await lab.stack();
      const connection = { ...lab.host.connection, port: line.port, perDialTimeout: 3 };
      stack.declare({ jails: { app: { connection, root: "/srv/jail", directories: { etc: "settings" } } } });
      ok(await stack.up());
    });
    afterAll(() => line.close());

    /** The jail differs from its declaration. */
    async function over(trouble: Line["trouble"]): Promise<void> {
      await lab.host.must("chmod 0777 /srv/jail/etc");
      line.reset();
      line.trouble = trouble;
    }

    /** The agent has begun a change: from then on the registry has a file that shows whether the agent still works. */
    const isChanging = () => {
      const registries = lab.host.path("/var/lib/pulumi-chroot");
      return readdirSync(registries).some((name) => existsSync(`${registries}/${name}/.beat`));
    };

    const all: Record<Trouble, [Line["trouble"], RegExp]> = {
      "is cut in the login": [{ cut: 5 }, /the connection was closed \(in the login\)\n.*check that the host is up/],
      "swallows everything in the handshake": [
        { hole: 2 },
        /no answer for 3 s \(in the SSH handshake\)\n.*perDialTimeout/,
      ],
      "is cut while something is repaired": [
        { cutWhen: isChanging },
        /the connection was cut \(while .*\)\n.*run the command again/,
      ],
      "speaks another protocol first": [
        { before: "SSH-1.5-old\r\n" },
        /Invalid identification string \(in the SSH handshake\)\n.*check that/,
      ],
    };
    for (const name of troubles) {
      const [trouble, message] = all[name];
      test(`that ${name} is told with host, phase and remedy, and the next up converges`, async () => {
        await over(trouble);
        const output = failed(await stack.up());
        assert.match(output, new RegExp(`root@127\\.0\\.0\\.1:${line.port}:/srv/jail: ${message.source}`), output);
        line.trouble = {};
        ok(await stack.up());
        expect(await lab.host.must("stat -c %a /srv/jail/etc")).toBe("750\n");
      });
    }
  });
}
