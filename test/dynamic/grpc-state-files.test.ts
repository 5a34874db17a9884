import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Values } from "../support/dynamic-provider";
import { useProvider } from "../support/grpc-host";
import { expectDrift, newsOf, type Stored, storedState, storeRecords } from "../support/stored";

const { run, host, connection } = useProvider();

const nameOf = ({ urn }: Stored) => urn.replace(/^.*::/, "");

for (const release of ["0.1.0", "0.2.0"])
  test(`the files and launchers that release ${release} has stored are read, compared, updated and deleted`, async () => {
    const { registry, resources } = await storedState(
      `${release}-files`,
      host(),
      connection(),
      // A link of the host to a file that the daemon may write is refused since.
      (value) => ("hostLink" in value ? { ...value, owner: "root" } : value),
    );
    await host().must("rm -rf /srv/state-files; mkdir -p /etc/jails; echo host-text >/etc/host-file");
    await storeRecords(host(), registry, resources);
    // The asset of the state is known by its checksum alone: the program has the file.
    const asset = (values: Values): Values => {
      const source = values["source"] as Values | undefined;
      return source ? { ...values, source: { ...source, text: "from an asset\n" } } : values;
    };

    // The host has a new disk: every file is made again from the stored state.
    await run((provider) => expectDrift(provider, resources));
    await run(async (provider) => {
      for (const { id, urn, inputs, outputs } of resources) {
        const checked = await provider.check(inputs, { ...asset(newsOf({ inputs })), turn: { urn, preview: false } });
        expect(checked.failures).toStrictEqual([]);
        expect(checked.inputs).toHaveProperty("__token" in inputs ? "__token" : "token", id);
        expect((await provider.diff(id, outputs, checked.inputs)).replaces).toStrictEqual([]);
        const { outs } = await provider.update(id, outputs, checked.inputs);
        expect(outs["drift"]).toStrictEqual({});
      }
    });
    expect(
      await host().must("cd /srv/state-files/etc; cat text secret asset copy; readlink link /etc/jails/text"),
    ).toBe("hello\ncanary\nfrom an asset\nhost-text\ntext\n/srv/state-files/etc/text\n");
    await run(async (provider) => {
      for (const stored of resources) {
        const { id, urn, inputs, outputs } = stored;
        const checked = await provider.check(inputs, { ...asset(newsOf(stored)), turn: { urn, preview: true } });
        assert.deepEqual(checked.inputs["drift"], {}, nameOf(stored));
        const same = await provider.diff(id, asset(outputs), checked.inputs);
        assert.equal(same.changes, "none", nameOf(stored));
      }
      for (const { id, outputs } of [...resources].reverse()) await provider.delete(id, outputs);
    });
    expect(await host().must("ls /etc/jails /var/lib/pulumi-chroot")).toBe("/etc/jails:\n\n/var/lib/pulumi-chroot:\n");
    assert.equal(await host().must("ls /srv/state-files/etc"), "", "what was made goes with its resource");
  });
