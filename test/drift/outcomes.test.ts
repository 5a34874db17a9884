import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Word, words } from "../../provider/agent/protocol";
import { lookForDrift } from "../../provider/drift/look-for-drift";
import { readExports } from "../../provider/drift/read-exports";
import { readStates } from "../../provider/drift/read-states";
import type { StackState } from "../../provider/drift/stack-state";
import type { HostReport } from "../../provider/report/fleet-report-v1";
import { jsonReport } from "../../provider/report/json";
import { Connections, type HostConnections } from "../../provider/ssh/connections";
import { useLab } from "../support/e2e";
import { fill, type Program } from "../support/program";
import type { LabHost } from "../support/sshd";
import type { Stack } from "../support/stack";

const canary = "canary-of-a-secret";

type Given = ReturnType<typeof fill>["jails"];

/** Three jails, two of them on one host; the first has contents of every sort. */
const program: Program<Given> = (chroot, jails, { asset, secret }) => {
  const [first] = Object.entries(jails).map(([name, args]) => new chroot.Jail(name, args));
  if (!first) return;
  const jail = { jail: first, reason: "a test" };
  new chroot.PermissionRule("rule", { ...jail, match: "etc/*", fileMode: "0600" });
  new chroot.JailFile("secret", { ...jail, path: "etc/secret", content: secret("canary-of-a-secret") });
  new chroot.JailFile("asset", { ...jail, path: "etc/asset", source: new asset.FileAsset("asset.txt") });
};

describe("a look for drift", () => {
  const lab = useLab();
  let other: LabHost;
  let stack: Stack;
  let states: StackState[];

  beforeAll(async () => {
    other = await lab.anotherHost();
    stack = await lab.stack({ project: "outcomes" });
    writeFileSync(join(stack.directory, "asset.txt"), "from an asset\n");
    const far = { ...lab.jail("/srv/c"), connection: { ...other.connection, perDialTimeout: 1 } };
    stack.program(program, fill({ jails: { a: lab.jail("/srv/a"), b: lab.jail("/srv/b"), c: far } }).jails);
    const { code, output } = await stack.up();
    assert.equal(code, 0, output);
    states = await readStates({ stacks: "project", directory: stack.directory, env: stack.env });
  });

  const nameOf = (host: LabHost) => `127.0.0.1:${host.port}`;
  /** The first host's report comes first here; the ports decide about their order in a report. */
  const firstFirst = (hosts: readonly HostReport[]) =>
    [...hosts].sort(
      (one, another) => Number(another.name === nameOf(lab.host)) - Number(one.name === nameOf(lab.host)),
    );
  const look = async (of: readonly StackState[] = states, more: Partial<Parameters<typeof lookForDrift>[0]> = {}) =>
    firstFirst((await lookForDrift({ name: "outcomes", stacks: of, ...more })).hosts);
  const ends = (hosts: readonly HostReport[]) => hosts.map(({ outcome }) => outcome);
  /** The states with another text in the place of each. */
  const altered = (...pairs: readonly (readonly [string, string])[]): StackState[] =>
    JSON.parse(pairs.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(states)));

  test("changes nothing, has one entry a host with its stack, and tells no secret", async () => {
    const facts =
      "find /srv /var/lib/pulumi-chroot -printf '%p %i %m %U:%G %s %T@ %C@\\n' | sort; cat /var/lib/pulumi-chroot/*/*";
    const before = [await lab.host.must(facts), await other.must(facts)];
    const sent: string[] = [];
    const real = new Connections();
    const connections: HostConnections = {
      open: async (...args) => {
        const channel = await real.open(...args);
        const write = (data: Buffer) => {
          sent.push(...data.toString("latin1").split("\n"));
          channel.write(data);
        };
        return { ...channel, write };
      },
      waitFor: (...args) => real.waitFor(...args),
      close: () => real.close(),
    };
    const report = await lookForDrift({ name: "outcomes", stacks: states, connections });
    expect([await lab.host.must(facts), await other.must(facts)]).toStrictEqual(before);
    const asked = sent.map((line) => line.replace(/^\d+[+-]/, "").split(" ")[0] ?? "").filter((word) => word in words);
    expect(asked.filter((word) => word === "look")).toHaveLength(3);
    expect(asked.filter((word) => words[word as Word].effect === "change")).toStrictEqual([]);
    expect(firstFirst(report.hosts)).toMatchObject([
      {
        name: `127.0.0.1:${lab.host.port}`,
        stack: "outcomes/dev",
        outcome: "in-sync",
        jails: [{ root: "/srv/a" }, { root: "/srv/b" }],
      },
      { name: `127.0.0.1:${other.port}`, stack: "outcomes/dev", outcome: "in-sync", jails: [{ root: "/srv/c" }] },
    ]);
    expect(jsonReport(report)).not.toMatch(new RegExp(`${canary}|PRIVATE KEY`));
  });

  test("finds drift, also of a content that the state has only as a checksum, and shows nothing of a secret", async () => {
    await lab.host.must(`cd /srv/a/etc; cp -a . /tmp/etc; echo other >asset; echo other-${canary} >secret`);
    await other.must("chmod 777 /srv/c");
    const hosts = await look();
    await lab.host.must("cp -a /tmp/etc/. /srv/a/etc");
    await other.must("chmod 750 /srv/c");
    expect(ends(hosts)).toStrictEqual(["drifted", "drifted"]);
    const [first, second] = hosts.map(({ jails }) => jails.flatMap(({ differences }) => differences));
    expect(first).toMatchObject([
      { path: "etc/asset", live: expect.stringMatching(/^sha256:/) },
      { path: "etc/secret" },
    ]);
    expect(JSON.stringify(first)).not.toMatch(canary);
    expect(second).toMatchObject([{ path: ".", live: "root:www 0777", declared: "root:www 0750" }]);
  });

  test("tells a wrong host key, a host that hangs, one that is down and one that refuses apart", async () => {
    const wrong = altered([other.hostKey, lab.host.hostKey]);
    expect(await look(wrong)).toMatchObject([
      { outcome: "in-sync" },
      { outcome: "not-checked", why: expect.stringMatching(/host key/) },
    ]);
    other.freeze();
    const hanging = await look();
    other.thaw();
    expect(hanging).toMatchObject([
      { outcome: "in-sync" },
      { outcome: "unreachable", why: expect.stringMatching(/no answer for 1 s/) },
    ]);
    await other.stopSshd();
    expect(await look()).toMatchObject([
      { outcome: "in-sync" },
      { outcome: "unreachable", jails: [{ isUnreachable: true }] },
    ]);
    await other.startSshd();
    await lab.host.must("cp /etc/passwd /tmp/passwd; sed -i /^www:/d /etc/passwd");
    const refused = await look();
    await lab.host.must("cat /tmp/passwd >/etc/passwd");
    expect(refused).toMatchObject([{ outcome: "refused", why: expect.stringMatching(/www/) }, { outcome: "in-sync" }]);
  });

  test("refuses one machine under two names, and says both", async () => {
    const twins = altered(["127.0.0.1", "localhost"], [":dev::", ":other::"]).map((one) => ({
      ...one,
      name: "outcomes/other",
    }));
    const hosts = await look([...states, ...twins]);
    expect(ends(hosts)).toStrictEqual(["refused", "refused", "refused", "refused"]);
    expect(hosts[0]?.why).toMatch(
      new RegExp(
        `^127.0.0.1:${lab.host.port} and localhost:${lab.host.port} are one machine .* each declares /srv/a there`,
      ),
    );
  });

  test("a resource whose operation was cut short, or that has an encrypted secret, is not checked; its jail is", async () => {
    const cut = states.map((one) => ({
      ...one,
      resources: one.resources.map((each) => (each.urn.endsWith("::b") ? { ...each, cutShort: "updating" } : each)),
    }));
    const why = "Jail::b: not checked: an operation on it was cut short (updating): bring the stack up";
    expect(await look(cut)).toMatchObject([{ outcome: "not-checked", why }, { outcome: "in-sync" }]);
    const file = join(stack.directory, "plain.json");
    expect((await stack.pulumi("stack", "export", "--file", file)).code).toBe(0);
    const [first, second] = await look(await readExports([file]));
    expect([first?.outcome, second?.outcome]).toStrictEqual(["not-checked", "not-checked"]);
    expect(first?.why).toBe("Jail::a: not checked: a secret of it is encrypted: export the stack with --show-secrets");
  });

  test("a file that the CLI has written serves as well, and a locked stack is read", async () => {
    const locks = join(stack.directory, "state", ".pulumi", "locks", "organization", "outcomes", "dev");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "6ba7b810-9dad-11d1-80b4-00c04fd430c8.json"), '{"pid":1,"username":"x","hostname":"y"}');
    const file = join(stack.directory, "exported.json");
    const { code, output } = await stack.pulumi("stack", "export", "--show-secrets", "--file", file);
    assert.equal(code, 0, output);
    expect(await readExports([file])).toStrictEqual(states);
    expect(await readExports(["/no/such/file"])).toMatchObject([{ unread: expect.stringMatching(/ENOENT/) }]);
  });

  test("a state without its passphrase, and a stack that does not exist, are named; the others go on", async () => {
    const { directory } = stack;
    const read = (stacks: string[], env: Record<string, string> = {}) =>
      readStates({ stacks, directory, env: { ...stack.env, ...env } });
    const [closed] = await read(["dev"], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    expect(closed?.unread).toMatch(/^the state of dev cannot be read: .*incorrect passphrase/);
    const [none, dev] = await read(["none", "dev"]);
    expect(none?.unread).toMatch(/no stack named 'none'/);
    expect(dev).toStrictEqual(states[0]);
    expect(await look(none ? [none] : [])).toMatchObject([
      { name: "none", outcome: "not-checked", why: none?.unread, jails: [] },
    ]);
    const url = `postgres://me:${canary}@127.0.0.1:1/db?password=${canary}`;
    const [away] = await read(["dev"], { PULUMI_BACKEND_URL: url });
    expect(away?.unread).toMatch(/"postgres:\/\/\[secret\]@127\.0\.0\.1:1\/db\?\[secret\]": .*connection refused/);
    expect(away?.unread).not.toMatch(canary);
    await expect(read(["dev"], { PATH: "/nowhere" })).resolves.toMatchObject([
      { unread: expect.stringMatching(/no `pulumi` on the PATH/) },
    ]);
  });

  test("without stacks there are no hosts, and a look that is stopped has checked none", async () => {
    expect(await look([])).toStrictEqual([]);
    const stop = new AbortController();
    other.freeze();
    const stopped = await look(states, { signal: stop.signal, onProgress: () => stop.abort() });
    other.thaw();
    expect(ends(stopped)).toStrictEqual(["in-sync", "not-checked"]);
  });
});
