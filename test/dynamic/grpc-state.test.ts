import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Values } from "../support/dynamic-provider";
import { useProvider } from "../support/grpc-host";
import { newsOf, type Stored, storedState, storeRecords, tokenOf } from "../support/stored";

const { run, host, connection } = useProvider();

interface State {
  readonly jail: Stored;
  readonly permissionRule: Stored;
  readonly registry: string;
}

/** The resources without the facts that depend on the host's files, and without the time of the change. */
function lasting({ device: _, inode: __, findings: ___, __changed: ____, ...rest }: Values): Values {
  return rest;
}

for (const release of ["0.1.0", "0.2.0"]) {
  test(`what release ${release} has stored is read, compared, updated and deleted`, () =>
    run(async (provider) => {
      const { jail, permissionRule: rule, registry } = await storedState<State>(release, host(), connection());
      const directory = `/var/lib/pulumi-chroot/${registry}`;
      await host().must(`mkdir -p /srv/state/etc /srv/state/run
        cd /srv/state; : >etc/a.conf; : >etc/open.conf; chown -R root:www .; chmod 0750 . etc; chmod 0770 run
        chmod 0640 etc/open.conf; chmod 0640 etc/a.conf`);
      await storeRecords(host(), registry, [jail, rule]);

      for (const { id, outputs } of [jail, rule]) {
        const read = await provider.read(id, outputs);
        assert.deepEqual([read.id, read.outs], [id, outputs], "nothing has drifted");
      }
      await host().must("chmod 0777 /srv/state/etc; chmod 0644 /srv/state/etc/a.conf");
      for (const [{ id, outputs }, drift] of [
        [jail, { etc: "root:www 0777" }],
        [rule, { "etc/a.conf": "root 0644" }],
      ] as const)
        await run(async (other) => expect((await other.read(id, outputs)).outs["drift"]).toStrictEqual(drift));

      // The Jail's turn tells of the rule, as in every program that declares both.
      const { kind, label, args } = rule.record;
      const told = (id: string) => (id === jail.id ? { declared: [{ kind, label, args }] } : {});
      // The next preview, and the next up, of the same program.
      for (const preview of [true, false])
        await run(async (other) => {
          for (const { id, urn, inputs, outputs } of [jail, rule]) {
            const checked = await other.check(inputs, { ...newsOf({ inputs }), turn: { urn, preview, ...told(id) } });
            expect(checked.failures).toStrictEqual([]);
            expect(Object.keys(checked.inputs).sort()).toStrictEqual(Object.keys(inputs).sort());
            expect(tokenOf(checked.inputs)).toBe(id);
            expect(Object.keys(checked.inputs["drift"] as Values).length).toBe(preview ? 1 : 0);
            const diff = await other.diff(id, outputs, checked.inputs);
            expect(diff.changes).not.toBe("none");
            expect(diff.replaces).toStrictEqual([]);
            if (preview) continue;
            const { outs } = await other.update(id, outputs, checked.inputs);
            expect(lasting(outs)).toStrictEqual(lasting(outputs));
          }
        });
      expect(await host().must("stat -c %a /srv/state/etc /srv/state/etc/a.conf")).toBe("750\n640\n");
      await run(async (other) => {
        const checked = await other.check(jail.inputs, { ...newsOf(jail), turn: { urn: jail.urn, preview: true } });
        expect((await other.diff(jail.id, jail.outputs, checked.inputs)).changes).toBe("none");
        const moved = { ...checked.inputs, root: "/srv/elsewhere" };
        expect((await other.diff(jail.id, jail.outputs, moved)).replaces).toStrictEqual(["root"]);
      });

      await provider.delete(rule.id, rule.outputs);
      expect(await host().must(`ls ${directory}`)).toBe(
        `${jail.id}.json\npermissions.findings\npermissions.history\npermissions.md\npermissions.sh\n`,
      );
      await provider.delete(jail.id, jail.outputs);
      expect(await host().must("ls /var/lib/pulumi-chroot")).toBe("");
    }));
}
