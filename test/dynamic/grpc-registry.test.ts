import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { type DynamicProvider, lifecycleOf, partialOf, type Values } from "../support/dynamic-provider";
import { turn, useProvider } from "../support/grpc-host";

const { jail, rule, run, host, connection } = useProvider();
const records = () => host().must("cd /var/lib/pulumi-chroot; ls * 2>/dev/null | grep -c json || true");

/** check and create, as one `up` does them. */
async function make(provider: DynamicProvider, news: Values, kind: "Jail" | "PermissionRule", name: string) {
  const { inputs, failures } = await provider.check({}, { ...news, ...turn(kind, name) });
  expect(failures).toStrictEqual([]);
  return { ...(await provider.create(inputs)), inputs };
}

test("a read of a host that cannot be reached keeps the resource and says why", () =>
  run(async (provider) => {
    const away = { ...connection(), port: 1, perDialTimeout: 2 };
    const outs = { ...jail("/srv/away", { connection: away }), token: "aa", drift: {}, machineId: "m" };
    const read = await provider.read("aa", outs);
    expect(read.id).toBe("aa");
    expect(String((read.outs["drift"] as Values)["(host)"])).toMatch(/^not checked: .*ECONNREFUSED/);
    expect({ ...read.outs, drift: {} }).toStrictEqual(outs);
    for (const key of ["connection", "root", "user", "group", "baseline", "token"])
      assert.deepEqual(read.inputs?.[key], (outs as Values)[key], key);
  }));

test("an update and a delete of a host that cannot be reached fail, and say where and why", () =>
  run(async (provider) => {
    const away = { ...jail("/srv/away", { connection: { ...connection(), port: 1 } }), token: "aa", drift: {} };
    const { update, delete: remove } = provider;
    for (const work of [() => update("aa", away, away), () => remove("aa", away)]) {
      const error = await work().catch((failed: unknown) => failed);
      expect(String(error)).toMatch(/cannot connect: root@127\.0\.0\.1:1:\/srv\/away: .*ECONNREFUSED/);
      expect(partialOf(error)).toBe(undefined);
      expect(String(error)).not.toMatch(/PRIVATE KEY/);
    }
  }));

test("a delete with another token than the record's removes nothing: somebody else has taken over", () =>
  run(async (provider) => {
    const made = await make(provider, jail("/srv/token"), "Jail", "t");
    const before = await records();
    await provider.delete("0123456789abcdef0123456789abcdef", made.outs);
    expect(await records()).toBe(before);
    await provider.delete(made.id, made.outs);
    expect(Number(await records())).toBe(Number(before) - 1);
    await provider.delete(made.id, made.outs);
  }));

test("an update after the registry was lost writes the record again, and repairs", () =>
  run(async (provider) => {
    const args = jail("/srv/lost", { directories: { etc: "a test" }, adopt: true });
    const made = await make(provider, args, "Jail", "l");
    await host().must("rm -r /var/lib/pulumi-chroot; chmod 0777 /srv/lost/etc");
    const { inputs } = await provider.check(made.inputs, { ...args, ...turn("Jail", "l") });
    const { outs } = await provider.update(made.id, made.outs, inputs);
    expect(outs["drift"]).toStrictEqual({});
    expect(await host().must("stat -c %a /srv/lost/etc /var/lib/pulumi-chroot")).toBe("750\n700\n");
    expect(await host().must(`cd /var/lib/pulumi-chroot/* && ls`)).toBe(
      `${made.id}.json\npermissions.findings\npermissions.history\npermissions.md\npermissions.sh\n`,
    );
  }));

test("a resource whose record alone is gone differs although every path is right, and is registered again", () =>
  run(async (provider) => {
    const args = jail("/srv/unrecorded", { directories: { etc: "a test" }, adopt: true });
    const made = await make(provider, args, "Jail", "u");
    await host().must("rm -r /var/lib/pulumi-chroot");
    await run(async (other) => {
      const { inputs } = await other.check(made.inputs, { ...args, ...turn("Jail", "u") });
      await other.update(made.id, made.outs, inputs);
      expect(await host().must(`cd /var/lib/pulumi-chroot/* && ls`)).toBe(
        `${made.id}.json\npermissions.findings\npermissions.md\npermissions.sh\n`,
      );
      await host().must("rm /var/lib/pulumi-chroot/*/*.json");
    });
    await run(async (other) => {
      const urn = turn("Jail", "u")["turn"] as Values;
      const { inputs } = await other.check(made.inputs, { ...args, turn: { ...urn, preview: true } });
      expect(String((inputs["drift"] as Values)["(host)"])).toMatch(/not registered.*up writes it again/);
      expect((await other.diff(made.id, made.outs, inputs)).changes).not.toBe("none");
    });
    await run(async (other) => {
      const { inputs } = await other.check(made.inputs, { ...args, ...turn("Jail", "u") });
      expect((await other.diff(made.id, made.outs, inputs)).changes).not.toBe("none");
      await other.update(made.id, made.outs, inputs);
      expect(await host().must(`cd /var/lib/pulumi-chroot/* && ls`)).toBe(
        `${made.id}.json\npermissions.findings\npermissions.md\npermissions.sh\n`,
      );
    });
  }));

test("one bad record costs that record alone: the others of its jail and of the host are compared, and it is told", () =>
  run(async (provider) => {
    const args = (root: string) => jail(root, { directories: { etc: "a test" }, adopt: true });
    const one = await make(provider, args("/srv/bad"), "Jail", "one");
    const two = await make(provider, args("/srv/good"), "Jail", "two");
    const own = rule("/srv/bad", "etc", { fileMode: undefined, directoryMode: "0700" });
    delete own["fileMode"];
    const ruled = await make(provider, own, "PermissionRule", "etc");
    const registry = (await host().must("echo /var/lib/pulumi-chroot/bad-*")).trim();
    // Damages a record of another stack, and the rule's own record.
    await host().must(`cd ${registry} && token=$(printf '%032d' 7) &&
      sed 's/${ruled.id}/'$token'/; s|grpc/dev|other/dev|; s/"match": "etc"/"match": {"a": 1}/' ${ruled.id}.json >$token.json &&
      sed -i 's|"match": "etc"|"match": "../.."|' ${ruled.id}.json && chmod 0777 /srv/*/etc`);
    await run(async (other) => {
      const checked = async (made: typeof one, news: Values, kind: "Jail" | "PermissionRule", name: string) => {
        const { inputs } = await other.check(made.inputs, { ...news, ...turn(kind, name, true) });
        return inputs["drift"] as Values;
      };
      expect(String((await checked(one, args("/srv/bad"), "Jail", "one"))["etc"])).toMatch(/0777 => .*0750/);
      expect(String((await checked(ruled, own, "PermissionRule", "etc"))["etc"])).toMatch(/0777 => .*0700/);
      expect(String((await checked(two, args("/srv/good"), "Jail", "two"))["etc"])).toMatch(/0777 => .*0750/);
      const { inputs } = await other.check(ruled.inputs, { ...own, ...turn("PermissionRule", "etc") });
      expect((await other.update(ruled.id, ruled.outs, inputs)).outs["drift"]).toStrictEqual({});
      await other.delete(ruled.id, ruled.outs);
    });
    expect(await host().must(`ls ${registry}/*.json | wc -l; stat -c %a /srv/bad/etc`)).toBe("2\n700\n");
  }));

test("a rule whose jail the registry has lost is refused alone, and with its jail in the program it is not", () =>
  run(async (provider) => {
    const args = jail("/srv/alone", { directories: { etc: "a test" }, adopt: true });
    const own = rule("/srv/alone", "etc", { fileMode: undefined, directoryMode: "0711" });
    delete own["fileMode"];
    const made = await make(provider, args, "Jail", "a");
    const ruled = await make(provider, own, "PermissionRule", "etc");
    await host().must("rm -r /var/lib/pulumi-chroot; chmod 0777 /srv/alone/etc");
    await run(async (other) => {
      const { inputs } = await other.check(ruled.inputs, { ...own, ...turn("PermissionRule", "etc") });
      await expect(other.update(ruled.id, ruled.outs, inputs)).rejects.toThrow(
        /etc is refused.*no Jail declares this root/,
      );
      expect(await host().must("stat -c %a /srv/alone/etc")).toBe("777\n");
      await other.check(made.inputs, { ...args, ...turn("Jail", "a") });
      await other.update(ruled.id, ruled.outs, inputs);
      expect(await host().must("stat -c %a /srv/alone/etc")).toBe("711\n");
    });
  }));

test("a rule with a mistake in it keeps what it had reserved: the Jail loosens nothing before the rule's check fails", () =>
  run(async (provider) => {
    const args = jail("/srv/typo", { directories: { etc: "a test" }, adopt: true });
    const declared = (match: string) => {
      const { jail: _, __provider: __, fileMode: ___, ...own } = rule("/srv/typo", match);
      return { kind: "PermissionRule", label: "PermissionRule::etc", args: { ...own, directoryMode: "0700" } };
    };
    const turnWith = (match: string) => ({
      turn: { ...(turn("Jail", "t")["turn"] as Values), declared: [declared(match)] },
    });
    const claims = { claims: { "PermissionRule::etc": "etc: directoryMode" } };
    const first = await provider.check({}, { ...args, ...claims, ...turnWith("etc") });
    await provider.create(first.inputs);
    const { fileMode: _, ...own } = rule("/srv/typo", "etc", { directoryMode: "0700" });
    await make(provider, own, "PermissionRule", "etc");
    expect(await host().must("stat -c %a /srv/typo/etc")).toBe("700\n");
    await run(async (other) => {
      const { inputs } = await other.check(first.inputs, { ...args, ...claims, ...turnWith("/etc") });
      await other.update(String(inputs["__token"]), first.inputs, inputs);
      expect(await host().must("stat -c %a /srv/typo/etc")).toBe("700\n");
    });
    await run(async (other) => {
      const { directoryMode, ...rest } = declared("etc").args;
      const misspelt = [{ ...declared("etc"), args: { ...rest, group: "root", directorymode: directoryMode } }];
      const wrong = { turn: { ...(turn("Jail", "t")["turn"] as Values), declared: misspelt } };
      const { inputs } = await other.check(first.inputs, { ...args, ...claims, ...wrong });
      await other.update(String(inputs["__token"]), first.inputs, inputs);
      expect(await host().must("stat -c %a /srv/typo/etc")).toBe("700\n");
    });
  }));

test("a program in another language, which sends no turn, is checked, created, shown its drift and deleted", () =>
  run(async (provider) => {
    const args = jail("/srv/plain", { directories: { etc: "a test" } });
    const first = await provider.check({}, args);
    expect(Object.keys(first.inputs["drift"] as Values).sort()).toStrictEqual([".", "etc"]);
    const made = await provider.create(first.inputs);
    expect(made.id).toMatch(/^[0-9a-f]{32}$/);
    expect(made.outs["__provider"]).toBe(lifecycleOf("jail"));
    const again = await provider.check(first.inputs, args);
    expect(again.inputs["__token"]).toBe(made.id);

    await host().must("chmod 0700 /srv/plain/etc");
    await run(async (other) => {
      const { inputs } = await other.check(again.inputs, args);
      const { drift } = inputs as { drift: Values };
      expect(String(drift["etc"])).toMatch(/0700 => .*0750/);
      expect((await other.diff(made.id, made.outs, inputs)).changes).not.toBe("none");
      const { outs } = await other.update(made.id, made.outs, inputs);
      expect(outs["drift"]).toStrictEqual({});
      expect(await host().must("stat -c %a /srv/plain/etc")).toBe("750\n");
      await other.delete(made.id, outs);
    });
  }));

test("200 updates of one jail that come at the same time are a handful of runs on one connection", () =>
  run(async (provider) => {
    await host().must("mkdir /srv/crowd; cd /srv/crowd; for n in $(seq 200); do : >f$n; done");
    const args = jail("/srv/crowd", { adopt: true });
    const names = Array.from({ length: 200 }, (_, n) => `f${n + 1}`);
    // The Jail's turn tells of all of them, as the class does.
    const declared = names.map((name) => {
      const { jail: _, __provider: __, ...own } = rule("/srv/crowd", name);
      return { kind: "PermissionRule", label: `PermissionRule::${name}`, args: own };
    });
    const started = turn("Jail", "c");
    const { inputs } = await provider.check({}, { ...args, turn: { ...(started["turn"] as Values), declared } });
    const checked = await Promise.all(
      names.map((name) => provider.check({}, { ...rule("/srv/crowd", name), ...turn("PermissionRule", name) })),
    );
    await provider.create(inputs);
    const updates = checked.map(({ inputs }) => provider.update(String(inputs["__token"]), inputs, inputs));
    host().resetCounts();
    for (const { outs } of await Promise.all(updates)) expect(outs["drift"]).toStrictEqual({});
    assert.ok(host().scans() <= 8, `${host().scans()} scans`);
    assert.equal(host().connections(), 0, "the one that the checks have made serves");
    expect(await host().must("cd /srv/crowd; stat -c %a f* | sort | uniq -c | tr -d ' '")).toBe("200600\n");
  }));
