import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { closeAll } from "./connections";
import { drive, errorsOf } from "./driven";
import { eachCase } from "./each-case";
import { declared, root } from "./fault-jail";
import { Sweep } from "./fault-sweep";
import { siteOn } from "./jail-site";
import { account } from "./program";
import type { LabHost } from "./sshd";
import { type Line, lineTo } from "./tcp-proxy";
import { useHost } from "./use-host";

/** The phases of a connection that an error text may name, from the first to the last. */
const phases = [
  "before the handshake",
  "(in the SSH handshake)",
  "(in the login)",
  "(while opening a channel)",
  "(while starting the agent)",
  "(while looking at the jail)",
  "(while closing the daemon's directories)",
  "(while repairing)",
  "(while opening the daemon's directories)",
  "(while writing the registry)",
];

/** `FAULTS=all npm test -- fault`: both faults at every exchange. Else they take turns, on BusyBox at some of them. */
const isLong = process.env["FAULTS"] === "all";

/** A jail's host behind a line with trouble of every kind. */
export function testLine(flavour: "gnu" | "busybox"): void {
  describe(`a line to a ${flavour} host`, () => {
    let host: LabHost;
    let line: Line;
    let sweep: Sweep;
    let exchanges = 0;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      sweep = await Sweep.start(host, "cold root");
    });
    beforeAll(async () => {
      line = await lineTo(host.port);
      await over({}, 10);
      exchanges = line.exchanges();
    });
    afterAll(() => line.close());

    /** Runs over a line with this trouble; returns the errors and the seconds. Afterwards nothing is looser, and the next run converges. */
    async function over(trouble: Line["trouble"], perDialTimeout = 2): Promise<[string[], number]> {
      const found: [string[], number] = [[], 0];
      await closeAll();
      await sweep.survives(async (program) => {
        line.reset();
        line.trouble = trouble;
        const start = Date.now();
        found[0] = errorsOf(await program({ port: line.port, perDialTimeout }).up());
        found[1] = (Date.now() - start) / 1000;
        await closeAll();
      });
      return found;
    }

    test("that is cut or swallows everything, at any exchange, is told with host, phase and remedy", async () => {
      assert.ok(exchanges >= 15, `${exchanges} exchanges`);
      const seen = new Set<string | undefined>();
      const isChosen = (fault: "cut" | "hole", nth: number) =>
        nth % 2 === (fault === "cut" ? 0 : 1) && (flavour === "gnu" || nth % 3 === 0);
      const cases = Array.from({ length: exchanges }, (_, index) => index + 1).flatMap((nth) =>
        (["cut", "hole"] as const)
          .filter((fault) => isLong || isChosen(fault, nth))
          .map((fault) => ({ fault, nth, what: `${fault} at ${nth}` })),
      );
      await eachCase(cases, async ({ fault, nth }) => {
        const [errors, took] = await over({ [fault]: nth });
        assert.ok(took < 15, `${took} s`);
        // The last exchanges end the agent, and the client does not wait for them.
        assert.ok(errors.length > 0 || nth >= exchanges - 1, "it is told");
        for (const error of errors) {
          expect(error).toMatch(new RegExp(`^[^\n]*: root@127\\.0\\.0\\.1:${line.port}:/srv/jail: [^\n]+\n[^\n]{9,}$`));
          if (fault === "hole") expect(error).toMatch(/no answer for 2 s.*\n.*perDialTimeout/);
          seen.add(phases.find((words) => error.includes(words)) ?? error);
        }
      });
      const unknown = [...seen].filter((phase) => !phases.includes(phase ?? ""));
      assert.deepEqual(unknown, [], "each names its phase");
      if (flavour === "gnu") assert.ok(seen.size >= 8, `of the phases only ${[...seen]}`);
    });

    test("that is cut once before anything was started is dialled again", async () => {
      for (const cut of [1, 7]) assert.deepEqual((await over({ cut, times: 1 }))[0], [], `at ${cut}`);
    });

    test("that is slow, or has one byte in a packet, is only slow", async () => {
      for (const trouble of [{ delay: 25 }, { delay: 100 }, { bytewise: true }])
        expect((await over(trouble, 5))[0]).toStrictEqual([]);
    });

    test("on which somebody else speaks first is used where SSH allows it, and given up in time", async () => {
      // RFC 4253, 4.2: lines before the banner.
      expect((await over({ before: "Welcome to the gateway\r\n" }, 5))[0]).toStrictEqual([]);
      for (const before of ["SSH-1.5-old\r\n", `${"\u0000\u00ff".repeat(200_000)}`]) {
        const [[error = "nothing"], took] = await over({ before });
        expect(error).toMatch(/^cannot connect: root@127\.0\.0\.1:\d+:\/srv\/jail: [^\n]+\n[^\n]+$/);
        assert.ok(error.length < 500 && took < 8, `${took} s: ${error}`);
      }
    });

    test("to a host that restarts in the middle of a run is told so, while it is down too", () =>
      sweep.survives(async (program) => {
        await closeAll();
        const running = program().up();
        const closed = () => host.must("ls -d /var/lib/pulumi-chroot/*/sealed 2>/dev/null || :");
        while ((await closed()) === "") await setTimeout(5);
        await host.stopSshd();
        const told = errorsOf(await running);
        const down = errorsOf(await program().up());
        await host.startSshd();
        for (const error of told)
          expect(error).toMatch(/^lost the host: root@[^\n]*:\/srv\/jail: the connection was cut \(while .*\)\n/);
        assert.ok(told.length > 0 && down.length > 0);
        for (const error of down)
          expect(error).toMatch(
            /^cannot connect: root@[^\n]*:\/srv\/jail: .*ECONNREFUSED\)\ncheck that the host is up/,
          );
      }));

    test("that swallows everything while a preview runs leaves no lock behind", async () => {
      const { jail, rules } = declared("cold root", flavour === "gnu");
      const program = (port: number) => drive(siteOn(host, root, { port, perDialTimeout: 1 }), jail, rules);
      line.trouble = { delay: 25 };
      line.reset();
      const seen = await program(line.port).report();
      expect(seen.host).toBe(undefined);
      const needed = line.exchanges();
      assert.ok(needed <= 14, `${needed} round trips`);
      for (let hole = needed - 3; hole <= needed; hole++) {
        await closeAll();
        line.reset();
        line.trouble = { hole };
        await program(line.port).report();
        assert.deepEqual(errorsOf(await program(host.port).up()), [], `at ${hole}`);
      }
      line.reset();
      await sweep.settle();
    });
  });
}
