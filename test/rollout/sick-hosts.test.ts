import { statSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { fleetReportV1 } from "../../provider/report/fleet-report-v1";
import { terminalReport } from "../../provider/report/terminal";
import { outcomesOf, reportOf, startRollout } from "../support/rollout-scene";
import { away, healthy, useSickFleet } from "../support/sick-fleet";
import { lineTo } from "../support/tcp-proxy";

describe("a rollout to 20 hosts of which some are sick", () => {
  const fleet = useSickFleet();

  test("repairs the healthy ones, tells for each other why and what helps, and a gate without an answer stops it", async () => {
    const { lab } = fleet;
    const stack = await lab.stack();
    const all = fleet.connections();
    const hosts = (names: readonly string[]) =>
      Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : [])));
    const alone = (name: string) => ({ hosts: hosts([name]) });
    const changed = {
      ...lab.host.connection,
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJvZ3VzIGJvZ3VzIGJvZ3VzIGJvZ3VzIGJvZ3VzIGJv",
    };
    const silent = await lineTo(lab.host.port);
    silent.trouble = { hole: 1 };
    fleet.sicken();
    const modeOfMiddle = () => statSync(lab.host.path("/srv/middle")).mode & 0o777;
    const running = startRollout(
      stack,
      {
        name: "dns",
        // A site is a unit: its hosts share a stack.
        units: {
          site: { hosts: hosts(healthy) },
          away: { hosts: hosts(away) },
          hangs: alone("hangs"),
          middle: alone("middle"),
          changed,
        },
        waves: [{ name: "all", gates: [{ http: { url: `http://127.0.0.1:${silent.port}/` }, timeout: 1 }] }],
        maxFailures: 2,
      },
      {
        width: 3,
        onEvent(event) {
          if (event.event === "phase" && event.unit === "middle" && event.phase === "up")
            // It is repaired, and nobody has heard of that.
            fleet.cutMiddle(() => modeOfMiddle() === 0o750);
        },
      },
    );
    const report = await reportOf(running);
    silent.close();
    expect(outcomesOf(report)).toStrictEqual({
      site: "repaired",
      away: "unreachable",
      hangs: "unreachable",
      middle: "failed",
      changed: "failed",
    });
    const modes = await lab.host.must(`stat -c %a ${[...healthy, "middle"].map((name) => `/srv/${name}`).join(" ")}`);
    expect(new Set(modes.trim().split("\n"))).toStrictEqual(new Set(["750"]));
    const lines = terminalReport(fleetReportV1.parse(report), { columns: 1000 }).trimEnd().split("\n");
    const any = expect.any(String);
    expect(lines).toStrictEqual([
      "Rollout of dns: 5 units: 2 failed, 2 unreachable, 1 repaired",
      expect.stringMatching(/^stopped +the gate http:\S+ of the wave all stayed closed$/),
      expect.stringMatching(/^gate closed +all: http:\S+: http:\S+: no answer for \d\.\d s \(1 try\)$/),
      expect.stringMatching(
        /^failed +middle: up: Jail::middle: lost the host: root@127\.0\.0\.1:\d+:\/srv\/middle: the connection was cut \(.*\); finished changes are kept; run the command again$/,
      ),
      expect.stringMatching(
        /^failed +changed: up: Jail::changed: cannot connect: root@127\.0\.0\.1:\d+:\/srv\/changed: its host key has changed .*; compare the fingerprint with the host's own, then put the key into connection\.hostKey$/,
      ),
      expect.stringMatching(
        /^unreachable +away: preview: root@127\.0\.0\.1:\d+:\/srv\/away1: .*not checked: nothing accepts connections on port \d+ there \(ECONNREFUSED\); check that the host is up/,
      ),
      expect.stringMatching(
        /^unreachable +hangs: preview: .*not checked: no answer for 5 s \(.*\); look at the host, or give it more time/,
      ),
      any,
    ]);
  });
});
