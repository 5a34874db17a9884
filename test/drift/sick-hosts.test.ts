import { describe, expect, test } from "@jest/globals";
import { ok } from "../support/e2e";
import { runOwnCommand } from "../support/own-command";
import { away, healthy, useSickFleet } from "../support/sick-fleet";

describe("a look for drift at 20 hosts of which some are sick", () => {
  const fleet = useSickFleet();

  test("finds the drift of the healthy ones, and tells for each other why it was not checked", async () => {
    const { lab } = fleet;
    const stack = await lab.stack({ project: "dns" });
    const all = fleet.connections();
    stack.declare({
      jails: Object.fromEntries(
        Object.entries(all).map(([name, connection]) => [name, { connection, root: `/srv/${name}`, adopt: true }]),
      ),
    });
    ok(await stack.up());
    const drifted = healthy.slice(0, 8);
    await lab.host.must(`chmod 777 ${drifted.map((name) => `/srv/${name}`).join(" ")}`);
    fleet.sicken();
    let exchanges = 0;
    // Its agent is at work by then.
    fleet.cutMiddle(() => ++exchanges > 8);
    const { status, stdout } = await runOwnCommand(stack, "drift");
    expect(status).toBe(3);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(lines[0]).toMatch(
      /^Drift of dns: 20 hosts: (4 unreachable|3 unreachable, 1 not checked), 8 drifted, 8 in sync$/,
    );
    for (const name of drifted)
      expect(lines).toContainEqual(expect.stringMatching(`^differs +/srv/${name}  0777 => 0750 `));
    // Where a reason goes on in a second line, its words are those of the first.
    const told = stdout.replace(/\n {15}/g, " ");
    const at = (name: string) => `127.0.0.1:${all[name]?.port}: `;
    for (const name of away)
      expect(told).toContain(`unreachable    ${at(name)}Jail::${name}: not checked: nothing accepts`);
    expect(told).toContain(`unreachable    ${at("hangs")}Jail::hangs: not checked: no answer for 5 s`);
    expect(told).toMatch(new RegExp(`(unreachable|not checked) +${at("middle")}.*(the connection was cut|closed)`));
    expect(lines.at(-1)).toBe("next: pulumi preview --diff");
  });
});
