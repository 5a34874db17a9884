import { describe, expect, test } from "@jest/globals";
import { useLab } from "../support/e2e";
import { outcomesOf, reportOf, startRollout } from "../support/rollout-scene";

describe("a rollout", () => {
  const lab = useLab();

  test("repairs its canary, asks the gates, and keeps a refused host and one that is off apart from the others", async () => {
    const stack = await lab.stack();
    const { connection } = lab.host;
    // A directory is where a socket's parent has to be: the agent refuses a root that is no directory.
    await lab.host.must("mkdir -p /srv/ns1/etc /srv/ns4; chmod 777 /srv/ns1/etc; touch /srv/ns2");
    const running = startRollout(stack, {
      name: "dns",
      units: { ns1: connection, ns2: connection, ns3: { ...connection, port: 1 }, ns4: connection },
      waves: [
        { name: "canary", size: 1, canary: true, gates: [{ noDrift: true }, { tcp: { port: connection.port } }] },
        { name: "rest", needsApproval: true },
      ],
      maxFailures: 1,
    });
    const report = await reportOf(running);
    expect(outcomesOf(report)).toStrictEqual({
      ns1: "repaired",
      ns2: "refused",
      ns3: "unreachable",
      ns4: "repaired",
    });
    const why = Object.fromEntries(report.hosts.map((host) => [host.name, host.why]));
    expect(why["ns2"]).toMatch(/^preview: root@127\.0\.0\.1:\d+:\/srv\/ns2: .*refused: .*not a directory/);
    expect(why["ns3"]).toMatch(/^preview: root@127\.0\.0\.1:1:\/srv\/ns3: .*not checked: .*ECONNREFUSED/);
    expect(report.stopped).toBe(undefined);
    expect(report.waves).toMatchObject([
      { name: "canary", isCanary: true, gates: [{ isOpen: true }, { isOpen: true }] },
      { name: "rest", approvedBy: "a test" },
    ]);
    expect((await lab.host.must("stat -c %a /srv/ns1/etc")).trim()).toBe("750");
    const starts = running.events.flatMap((event) => (event.event === "started" ? event.unit : []));
    // A host that is off is tried once more, at the end.
    expect([starts[0], starts.slice(1, 4).sort(), starts.slice(4)]).toStrictEqual([
      "ns1",
      ["ns2", "ns3", "ns4"],
      ["ns3"],
    ]);
    expect(report.hosts[0]?.jails).toMatchObject([{ root: "/srv/ns1", state: "in-sync" }]);
  });
});
