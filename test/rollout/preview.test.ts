import { describe, expect, test } from "@jest/globals";
import { useLab } from "../support/e2e";
import { outcomesOf, reportOf, startRollout } from "../support/rollout-scene";

describe("a rollout in preview mode", () => {
  const lab = useLab();

  test("changes no host, tells two names of one host, and keeps a program's error from the others", async () => {
    const stack = await lab.stack();
    const { connection } = lab.host;
    await lab.host.must("mkdir -p /srv/good /srv/twin; chmod 777 /srv/good /srv/twin");
    const running = startRollout(
      stack,
      {
        name: "dns",
        units: {
          good: connection,
          late: connection,
          one: connection,
          two: { ...connection, host: "localhost" },
        },
        roots: { one: "/srv/twin", two: "/srv/twin", late: "/srv/good" },
        waves: [
          { name: "some", size: 2, gates: [{ tcp: { port: 1 } }] },
          { name: "rest", needsApproval: true },
        ],
        // An error that no code catches, while the program beside it runs.
        before: async ({ name }) => {
          if (name === "late") setTimeout(() => Promise.reject(new Error("late mistake with hunter2\nmore")), 50);
          if (name === "late" || name === "good") await new Promise((resolve) => setTimeout(resolve, 3000));
        },
      },
      { mode: "preview", width: 4 },
    );
    const report = await reportOf(running);
    const { one, two, ...others } = outcomesOf(report);
    expect(others).toStrictEqual({ good: "drifted", late: "failed" });
    expect(report.hosts.find(({ name }) => name === "late")?.why).toBe("program: late mistake with hunter2");
    expect([one, two].sort()).toStrictEqual(["drifted", "refused"]);
    const refused = report.hosts.find(({ outcome }) => outcome === "refused");
    expect(refused?.why).toMatch(
      /^preview: root@\S+:\/srv\/twin of (one|two) and root@\S+:\/srv\/twin of (two|one) are one jail of one host/,
    );
    expect([report.report, report.stopped, report.waves[0]?.gates]).toStrictEqual(["preview", undefined, []]);
    expect((await lab.host.must("stat -c %a /srv/good /srv/twin")).trim()).toBe("777\n777");
  });
});
