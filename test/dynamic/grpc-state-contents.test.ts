import { expect, test } from "@jest/globals";
import type { DynamicProvider } from "../support/dynamic-provider";
import { useProvider } from "../support/grpc-host";
import { expectDrift, newsOf, type Stored, storedState, storeRecords, tokenOf } from "../support/stored";

const { run, host, connection } = useProvider();
const root = "/srv/state-contents";

/** A host with the things that a release has stored: devices, accounts, host files, mounts, and every field of a record. */
async function storedOn(release: string): Promise<readonly Stored[]> {
  const { registry, resources } = await storedState(
    `${release}-contents`,
    host(),
    connection(),
    // Every device but six needs a reason since.
    (value, key) => (key === "net/ours" ? { ...value, allowDangerous: "a reason" } : value),
  );
  await host().must(
    `rm -rf ${root} /var/lib/pulumi-chroot; mkdir -p /srv/pages /etc/ssl; echo '# mine' >/etc/fstab; echo pem >/etc/ssl/cert.pem; echo '::1 self' >/etc/hosts`,
  );
  await storeRecords(host(), registry, resources);
  return resources;
}

async function check(provider: DynamicProvider, { urn, inputs }: Stored, preview: boolean) {
  const checked = await provider.check(inputs, { ...newsOf({ inputs }), turn: { urn, preview } });
  expect(checked.failures).toStrictEqual([]);
  return checked.inputs;
}

const mounted = () => host().must(`grep -c ' ${root}/' /proc/self/mountinfo || :`);

for (const release of ["0.1.0", "0.2.0"]) {
  test(`what release ${release} has stored of a jail's contents is read, compared, made again and removed`, async () => {
    const resources = await storedOn(release);
    await run((provider) => expectDrift(provider, resources));
    await run(async (provider) => {
      for (const stored of resources) {
        const { id, inputs, outputs } = stored;
        const news = await check(provider, stored, false);
        expect(tokenOf(news)).toBe(id);
        expect("__token" in news).toBe("__token" in inputs);
        expect((await provider.diff(id, outputs, news)).replaces).toStrictEqual([]);
        expect((await provider.update(id, outputs, news)).outs["drift"]).toStrictEqual({});
      }
    });
    const conf = await host().must("cat /var/lib/pulumi-chroot/*/33f6*.json");
    expect([JSON.parse(conf).formerly, JSON.parse(conf).pending]).toStrictEqual([["fixture/old"], undefined]);
    expect(await mounted()).toBe("3\n");
    expect(
      await host().must(
        `cd ${root}; stat -c '%t:%T %a' dev/console dev/net/ours dev/null; cat etc/passwd etc/group etc/hosts etc/ssl/cert.pem`,
      ),
    ).toBe(
      [
        "5:1 600\nf0:7 460\n1:3 666",
        "nobody:x:65534:1033::/h:/usr/sbin/nologin\nroot:x:0:0::/:/usr/sbin/nologin\nwww:x:1033:1033::/:/usr/sbin/nologin",
        "www:x:1033:\n::1 self\npem\n",
      ].join("\n"),
    );
    await run(async (provider) => {
      for (const stored of resources) {
        const news = await check(provider, stored, true);
        expect(news["drift"]).toStrictEqual({});
        expect((await provider.diff(stored.id, stored.outputs, news)).changes).toBe("none");
      }
      for (const { id, outputs } of [...resources].reverse()) await provider.delete(id, outputs);
    });
    expect(await mounted()).toBe("0\n");
    expect((await host().sh(`test -e ${root}`)).code).toBe(1);
    expect(await host().must("cat /etc/fstab; ls /var/lib/pulumi-chroot")).toBe("# mine\n");
  });

  test(`what release ${release} has noted as made is what a delete removes, and its mounts are undone`, async () => {
    const [jail] = (await storedOn(release)) as [Stored];
    await host().must(`mkdir -p ${root}/dev ${root}/etc ${root}/run ${root}/srv/pages; cd ${root}; mknod dev/null c 1 3; : >etc/hosts
      mount -t tmpfs tmpfs run; mount --bind /srv/pages srv/pages; echo mine >etc/kept; ln -s hosts etc/passwd; : >etc/conf`);
    await run(async (provider) => {
      await provider.delete(jail.id, jail.outputs);
    });
    expect(await mounted()).toBe("0\n");
    expect(await host().must(`ls -A ${root}; cat ${root}/.pulumi-chroot/*-*/kept`)).toBe(".pulumi-chroot\nmine\n");
    expect(await host().must("find /var/lib/pulumi-chroot -name '*.json'")).toBe("");
  });
}
