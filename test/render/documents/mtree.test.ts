import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { putRecords } from "../../../provider/agent/requests/registry";
import { mtreeSpec } from "../../../provider/index";
import { mtree } from "../../../provider/render/documents/mtree";
import { type Case, observationOf } from "../../plan/golden";
import { anyCase } from "../../plan/tree";
import { hostileNames, makeHostileTree } from "../../support/hostile-tree";
import { change } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";
import {
  accounts,
  make,
  nameOf,
  observeAll,
  productEnd,
  runScripts,
  type ScriptCase,
  scriptCase,
  scriptOf,
} from "../script-cases";

const count = Number(process.env["SCRIPT_CASES"] ?? 20);
const bare: Case = { name: "mtree", expect: {} };

describe("a specification for mtree", () => {
  let host: LabHost;
  useHost({ accounts }, async (made) => {
    host = made;
    await host.must("mkdir -p /srv/scripts /srv/jails /srv/specs");
  });

  /** The output of mtree about a jail. */
  async function said(root: string, spec: string): Promise<string> {
    writeFileSync(host.path(`/srv/specs/${nameOf(root)}`), spec);
    const { code, stdout, stderr } = await host.sh(`mtree -f /srv/specs/${nameOf(root)} -p ${root}`);
    assert.equal(stderr, "", spec);
    assert.equal(code === 0 || stdout !== "", true, `${code}: ${spec}`);
    return stdout;
  }
  async function specOf(one: ScriptCase): Promise<string> {
    const seen = (await observeAll(host, "/srv/jails")).get(nameOf(one.root));
    assert.ok(seen);
    return mtree(one.merged, { ...seen, records: observationOf(one.given).records });
  }
  async function converged(name: string, given: Partial<Case>): Promise<ScriptCase> {
    const one = scriptCase({ ...bare, ...given }, `/srv/jails/${name}`);
    writeFileSync(host.path(`/srv/scripts/${name}.sh`), scriptOf(one.merged, one.root));
    await runScripts(host, [one]);
    return one;
  }

  test("is nothing to complain about for a jail that is as declared, and names what is not", async () => {
    await makeHostileTree(host, "/srv/jails/hostile");
    await host.must("rm /srv/jails/hostile/kinds/outside-name");
    const one = await converged("hostile", {
      jail: {
        writable: { spool: "the daemon's" },
        directories: { "spool/in": "here", etc: "there" },
        exclude: { "dirs/-*": "not ours" },
      },
      rules: {
        pid: { match: "etc/*.pid", runtime: true, owner: "bob" },
        log: { match: "spool/log", fileMode: "0600" },
      },
    });
    await host.must("cd /srv/jails/hostile; : >etc/a.pid; : >spool/log; mkdir spool/x; : >spool/x/y");
    await converged("hostile", one.given);
    const spec = await specOf(one);
    expect(await said(one.root, spec)).toBe("");
    await host.must(
      "cd /srv/jails/hostile; rm -r etc/a.pid spool/log spool/x; : >spool/new; mkdir spool/in/z; chmod 0777 dirs/-rf",
    );
    assert.equal(await said(one.root, spec), "", "what may come and go");
    for (const name of hostileNames) {
      const file = Buffer.concat([Buffer.from(host.path("/srv/jails/hostile/names/")), Buffer.from(name, "latin1")]);
      chmodSync(file, 0o666);
    }
    const told = await said(one.root, spec);
    expect(told.match(/permissions \(0640, 0666\)/g)?.length).toBe(hostileNames.length);
    await host.must("cd /srv/jails/hostile; chown bob etc; rm -r kinds/sticky; ln -sf elsewhere names/up; : >stranger");
    const more = await said(one.root, spec);
    for (const line of [
      /^etc:\s+user \(0, 1000\)/m,
      /^missing: \.\/kinds\/sticky/m,
      /^names\/up:\s+link ref/m,
      /^extra: stranger/m,
    ])
      expect(more).toMatch(line);
  });

  test("agrees with the product about any jail", async () => {
    const cases = fc.sample(anyCase, count).map((given, at) => scriptCase(given, `/srv/jails/any${at}`));
    await make(host, cases, true);
    const before = await observeAll(host, "/srv/jails");
    for (const one of cases) {
      const seen = before.get(nameOf(one.root));
      assert.ok(seen);
      const { todo } = await productEnd(one, seen);
      const spec = mtree(one.merged, { ...seen, records: observationOf(one.given).records });
      const told = await said(one.root, spec);
      for (const { path, owner } of todo.filter(({ action }) => action === "set"))
        if (owner) assert.ok(told.includes(`${path}: `), `${path} of ${JSON.stringify(one.given)}\n${spec}\n${told}`);
    }
    await runScripts(host, cases);
    const all = await observeAll(host, "/srv/jails");
    for (const one of cases) {
      const seen = all.get(nameOf(one.root));
      assert.ok(seen);
      const { todo, refused } = await productEnd(one, seen);
      const spec = mtree(one.merged, { ...seen, records: observationOf(one.given).records });
      const told = await said(one.root, spec);
      if (todo.length === 0 && refused.size === 0) assert.equal(told, "", `${JSON.stringify(one.given)}\n${spec}`);
    }
  });

  test("is made of what the registry declares, wherever there is one", async () => {
    await host.must("mkdir -p /srv/empty");
    const nobodys = { connection: host.connection, root: "/srv/empty" };
    await expect(mtreeSpec(nobodys)).rejects.toThrow(
      /:\/srv\/empty: the registry of this host has no Jail with this root/,
    );
    await host.must("mkdir -p /srv/declared/a; chown -R root:named /srv/declared; chmod -R 0750 /srv/declared");
    const place = { connection: host.connection, root: "/srv/declared" };
    const machine = (await host.must("cat /etc/machine-id")).trim();
    const record = (token: string, kind: string, args: object) => ({
      schema: 1,
      token,
      kind,
      label: `${kind}::one`,
      stack: "p/s",
      machine,
      args: { ...args },
    });
    const { jail } = scriptCase({ ...bare }, "/srv/declared").merged;
    const rule = { match: "a", owner: "bob", reason: "why" };
    const records = [record("a".repeat(32), "Jail", jail?.args ?? {}), record("b".repeat(32), "PermissionRule", rule)];
    await change(place, (agent) => putRecords(agent, records));
    const spec = await mtreeSpec(place);
    expect(spec).toMatch(/^#mtree\n/);
    expect(await said("/srv/declared", spec)).toMatch(/^a:\s+user \(1000, 0\)$/m);
    await expect(mtreeSpec({ connection: host.connection, root: "relative" })).rejects.toThrow(/relative/);
    // A script that asks for it ends by itself: no connection is left.
    const script = 'require("pulumi-chroot").mtreeSpec(JSON.parse(process.argv[1])).then((text) => console.log(text))';
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, JSON.stringify(place)], {
      cwd: join(__dirname, "..", "..", "..", ".."),
      timeout: 60_000,
    });
    expect(stdout).toMatch(/^#mtree\n/);
  });
});

test("a specification leaves out what nobody holds", () => {
  const one = scriptCase(
    { ...bare, rules: { any: { match: "f", owner: "any", fileMode: "any" } }, entries: { f: "file bob:named 0600" } },
    "/r",
  );
  const spec = mtree(one.merged, observationOf(one.given));
  expect(spec).toMatch(/^\/unset uid mode\nf type=file$|^f type=file( gid=53)?$/m);
  expect(spec).not.toMatch(/0600|uid=1000/);
});
