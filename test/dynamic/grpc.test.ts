import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { lifecycleOf, partialOf, unknown, type Values } from "../support/dynamic-provider";
import { baseline, turn, useProvider } from "../support/grpc-host";
import { tokenOf } from "../support/stored";

const { jail, rule, run, host } = useProvider();

/** Every copy of a value in which one part is not known yet. */
function* unknowns(value: unknown): Generator<unknown> {
  yield unknown;
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value))
    for (const other of unknowns(part)) {
      if (Array.isArray(value)) yield value.map((one, index) => (String(index) === key ? other : one));
      else if (key !== "__provider") yield { ...value, [key]: other };
    }
}

test("a value that is not known yet is let through wherever it is, and nobody connects for it", () =>
  run(async (provider) => {
    host().resetCounts();
    const whole = [
      jail("/srv/u", { directories: { a: "r" }, writable: { b: "r" }, exclude: { "c/*": "r" }, adopt: true }),
      rule("/srv/u", "*", { owner: "www", except: ["a", "b*"], order: 7 }),
    ];
    let count = 0;
    for (const args of whole)
      for (const news of unknowns(args)) {
        if (typeof news === "string") continue;
        const { inputs, failures } = await provider.check({}, news as Values);
        assert.deepEqual(failures, [], JSON.stringify(news));
        const { drift, ...kept } = inputs;
        expect([kept, drift]).toStrictEqual([
          news,
          { "(host)": "not checked: some of its arguments are not known yet in this preview" },
        ]);
        expect(await provider.diff("x", args, inputs)).toStrictEqual({ changes: "unknown", replaces: [] });
        count++;
      }
    assert.ok(count > 30, `${count} unknowns`);
    expect(host().connections()).toBe(0);
  }));

test("a mistake is found beside a value that is not known yet", () =>
  run(async (provider) => {
    const wrong = jail(unknown, { baseline: { ...baseline, fileMode: "999" }, directories: { "../out": unknown } });
    const { failures } = await provider.check({}, wrong);
    const named = failures.map(({ property, reason }) => property || reason.split(": ")[0]);
    expect(named.sort()).toStrictEqual(["baseline.fileMode", "directories.../out"]);
    const { failures: none } = await provider.check({}, rule("/srv/u", unknown, { fileMode: unknown }));
    expect(none).toStrictEqual([]);
  }));

test("check takes olds of any shape: none, foreign keys, and what no release has written", () =>
  run(async (provider) => {
    await host().must("mkdir -p /srv/olds; chown root:www /srv/olds; chmod 0777 /srv/olds");
    for (const olds of [
      {},
      { token: "abc" },
      { token: 7, drift: {}, future: { deep: [1] } },
      { drift: { ".": "x" } },
    ]) {
      const { inputs, failures } = await provider.check(olds, { ...jail("/srv/olds"), ...turn("Jail", "o", true) });
      expect(failures).toStrictEqual([]);
      expect((inputs["drift"] as Values)["."]).toBe("root:www 0777 => root:www 0750");
      expect(String(tokenOf(inputs))).toMatch(olds.token === "abc" ? /^abc$/ : /^[0-9a-f]{32}$/);
      assert.ok(!("turn" in inputs) && !("future" in inputs));
    }
  }));

test("a create that is not finished gives the engine what it needs to go on and to delete", () =>
  run(async (provider) => {
    await host().must("mkdir /srv/partial /srv/other; : >/srv/other/f; ln /srv/other/f /srv/partial/f");
    const { inputs } = await provider.check({}, { ...jail("/srv/partial", { adopt: true }), ...turn("Jail", "p") });
    const error = await provider.create(inputs).catch((failed: unknown) => failed);
    const { id, properties, reasons } = partialOf(error) ?? { id: "", properties: {}, reasons: [] };
    expect(id).toBe(inputs["__token"]);
    expect(properties["__provider"]).toBe(lifecycleOf("jail"));
    expect(properties["connection"]).toStrictEqual(inputs["connection"]);
    expect(reasons.join()).toMatch(/Jail::p is not converged: .*:\/srv\/partial\/f: is .*1 of its 2 names is outside/);
    expect(reasons.join()).not.toMatch(/PRIVATE KEY/);
    expect(await host().must("stat -c %G:%a /srv/partial /srv/other/f")).toBe("www:750\nroot:644\n");

    const { outs } = await provider.read(id, properties);
    expect(String((outs["drift"] as Values)["f"])).toMatch(/^root:root 0644/);
    await host().must("rm /srv/other/f");
    const checked = await provider.check(inputs, { ...jail("/srv/partial", { adopt: true }), ...turn("Jail", "p") });
    const updated = await provider.update(id, properties, checked.inputs);
    expect(updated.outs["drift"]).toStrictEqual({});
    expect(await host().must("stat -c %G:%a /srv/partial/f")).toBe("www:640\n");
    await provider.delete(id, updated.outs);
    expect(await host().must("ls /var/lib/pulumi-chroot")).toBe("");
  }));

test("checks at the same time, with configure among them, share one connection and one scan and keep apart", () =>
  run(async (provider) => {
    await host().must("mkdir -p /srv/many; cd /srv/many; for n in $(seq 50); do : >f$n; chmod 0604 f$n; done");
    host().resetCounts();
    const names = Array.from({ length: 50 }, (_, n) => `f${n + 1}`);
    const checks = [
      provider.check({}, { ...jail("/srv/many", { adopt: true }), ...turn("Jail", "m", true) }),
      provider.configure({ "chroot:x": "y" }),
      ...names.map((name) => provider.check({}, { ...rule("/srv/many", name), ...turn("PermissionRule", name, true) })),
    ];
    const [, , ...rules] = (await Promise.all(checks)) as { inputs: Values }[];
    for (const [index, name] of names.entries())
      expect(rules[index]?.inputs["drift"]).toStrictEqual({ [name]: "0604 => 0600" });
    expect(new Set(rules.map(({ inputs }) => inputs["__token"])).size).toBe(50);
    expect([host().connections(), host().scans()]).toStrictEqual([1, 1]);
  }));
