import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { applySteps } from "../../../provider/agent/requests/apply";
import type { Bytes } from "../../../provider/model/bytes";
import type { Step } from "../../../provider/plan/steps";
import { below, makeHostileTree } from "../../support/hostile-tree";
import { change, doSteps, entriesOf, type Seen, siteOn, walk } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

let host: LabHost;
useHost({}, (made) => {
  host = made;
});

const at = (path: string) => path as Bytes;
const set = (path: string, rest: Partial<Step>): Step => ({ path: at(path), action: "set", ...rest });

test("owners and modes of hostile names change exactly these inodes, and nothing outside", async () => {
  await makeHostileTree(host, "/srv/jail");
  const outside = walk(host.path("/srv/outside"));
  const before = walk(host.path("/srv/jail"));
  // Every second file and directory: the others must keep even their ctime.
  const chosen = [...before]
    .filter(([, { type, links }]) => type === "directory" || (type === "file" && links === 1))
    .filter(([path], index) => index % 2 === 0 && path !== ".");
  expect(chosen.length).toBeGreaterThan(40);
  const steps = chosen.map(([path, { type }], index) => {
    const mode = type === "directory" ? 0o751 : 0o604;
    return set(path, { mode, ...(index % 3 === 0 ? {} : { owner: { uid: 3990 + (index % 2), gid: 3992 } }) });
  });
  await doSteps(siteOn(host, "/srv/jail"), steps);

  const after = walk(host.path("/srv/jail"));
  const wanted = new Map<Bytes, Seen>(before);
  for (const { path, owner, mode } of steps) {
    const live = before.get(path);
    if (live) wanted.set(path, { ...live, ...(owner ?? {}), ...(mode === undefined ? {} : { mode }) });
  }
  expect(entriesOf(after)).toStrictEqual(entriesOf(wanted));
  const touched = [...after].filter(([path, { ctime }]) => ctime !== before.get(path)?.ctime).map(([path]) => path);
  expect(touched.sort()).toStrictEqual(steps.map(({ path }) => path).sort());
  expect(host.path("/srv/outside")).toBeUntouched(outside);
});

test("a command that is killed is told of, as it is not one that was passed over", async () => {
  await host.must("mkdir /srv/killed; : >/srv/killed/f");
  await host.replace("/usr/bin/chmod", () => "#!/bin/sh\nkill -KILL $$\n");
  try {
    const errors = await doSteps(siteOn(host, "/srv/killed"), [set("f", { mode: 0o604 })]);
    expect(errors.join()).toMatch(/^chmod: .*signal 9/);
  } finally {
    await host.restore("/usr/bin/chmod");
  }
});

test("an owner that is given to a link is given to nothing: the link is left alone, and said", async () => {
  await host.must("mkdir /srv/links; ln -s /srv/outside/secret /srv/links/l");
  const outside = walk(host.path("/srv/outside"));
  const errors = await doSteps(siteOn(host, "/srv/links"), [set("l", { owner: { uid: 3990, gid: 3990 } })]);
  expect(errors.join()).toMatch(/l: a link is in its place or above it: left alone/);
  expect(walk(host.path("/srv/links")).get(at("l"))?.uid).toBe(0);
  expect(host.path("/srv/outside")).toBeUntouched(outside);
});

test("a mode without setgid clears a directory's setgid bit, one with it sets it", async () => {
  await host.must("mkdir -p /srv/special/a /srv/special/b; cd /srv/special; chmod 2775 a; : >f; chmod 6755 f");
  await doSteps(siteOn(host, "/srv/special"), [
    set("a", { mode: 0o755 }),
    set("b", { mode: 0o2750 }),
    set("f", { mode: 0o755 }),
  ]);
  expect(await host.must("cd /srv/special; stat -c %a a b f")).toBe("755\n2750\n755\n");
});

test("an owner comes before a mode, which so keeps its special bits", async () => {
  await host.must("mkdir /srv/order; : >/srv/order/f");
  await doSteps(siteOn(host, "/srv/order"), [set("f", { owner: { uid: 3990, gid: 3990 }, mode: 0o4711 })]);
  expect(await host.must("stat -c '%u %a' /srv/order/f")).toBe("3990 4711\n");
});

test("what stands in the way of a directory is moved away whole, and a link in its place is not followed", async () => {
  await host.must(`mkdir -p /srv/way/sub; cd /srv/way; echo precious >etc; chmod 0604 etc; ln -s /srv/outside var
    mkfifo -- sub/-p; printf 'two\\n' >'sub/new
line'`);
  const outside = walk(host.path("/srv/outside"));
  const before = walk(host.path("/srv/way"));
  const blocked = ["etc", "var", "sub/-p", "sub/new\nline"];
  const steps: Step[] = [
    ...blocked.map((path) => ({ path: at(path), action: "replace" as const, mode: 0o755 })),
    { path: at("var/run"), action: "make", owner: { uid: 0, gid: 3990 }, mode: 0o770 },
    { path: at("etc/deep"), action: "make" },
  ];
  await doSteps(siteOn(host, "/srv/way"), steps);

  expect(host.path("/srv/outside")).toBeUntouched(outside);
  const after = walk(host.path("/srv/way"));
  for (const path of blocked) expect(after.get(at(path))?.mode).toBe(0o755);
  expect(after.get(at("var/run"))?.mode).toBe(0o770);
  assert.equal(after.get(at("etc/deep"))?.mode, 0o700, "made for nobody but root until a mode is set");
  const quarantine = after.get(at(".pulumi-chroot"));
  expect([quarantine?.uid, quarantine?.mode]).toStrictEqual([0, 0o700]);
  const kept = [...after].filter(([path]) => /^\.pulumi-chroot\/.*-/.test(path));
  const inodes = (of: Iterable<[Bytes, Seen]>) => [...of].map(([, { inode, mode }]) => `${inode} ${mode}`).sort();
  expect(inodes(kept)).toStrictEqual(inodes([...before].filter(([path]) => blocked.includes(path))));
});

test("nothing that was moved away is overwritten by what is moved later, nor in a list of any length", async () => {
  const names = Array.from({ length: 900 }, (_, n) => `${String(n).padStart(4, "0")}${"n".repeat(200)}`);
  await host.must("mkdir /srv/many");
  for (const name of names) writeFileSync(below(host, "/srv/many", name), name);
  const site = siteOn(host, "/srv/many");
  const replace = (paths: readonly string[]): Step[] =>
    paths.map((path) => ({ path: at(path), action: "replace" as const }));
  // One request for one file, one for a list that takes several commands, within the same second.
  await change(site, async (agent) => {
    await applySteps(agent, replace(names.slice(0, 1)));
    await applySteps(agent, replace(names.slice(1)));
  });
  const kept = await host.must("cat /srv/many/.pulumi-chroot/*-*");
  expect(kept.length).toBe(names.join("").length);
  for (const name of names) assert.ok(kept.includes(name), name);
});

test("the place for what is moved away is made anew where a run was cut short before it had its mode", async () => {
  await host.must("mkdir -m 2755 /srv/begun; cd /srv/begun; : >f; mkdir -m 0700 .pulumi-chroot");
  expect(await host.must("stat -c %a /srv/begun/.pulumi-chroot")).toBe("2700\n");
  await doSteps(siteOn(host, "/srv/begun"), [{ path: at("f"), action: "replace", mode: 0o700 }]);
  expect(await host.must("cd /srv/begun; stat -c %a f .pulumi-chroot; ls .pulumi-chroot | grep -c -- -")).toBe(
    "700\n700\n1\n",
  );
});

test("the place for what is moved away is refused unless it is root's own, and then nothing else is touched", async () => {
  await host.must(
    `mkdir -p /srv/forged /srv/trap; chmod 0700 /srv/trap; cd /srv/forged; : >f; ln -s /srv/outside/dir l`,
  );
  const outside = walk(host.path("/srv/outside"));
  const steps: Step[] = ["f", "l"].map((path) => ({ path: at(path), action: "replace", mode: 0o777 }));
  for (const forged of [
    "ln -s /srv/trap .pulumi-chroot",
    "mkdir -m 0777 .pulumi-chroot",
    "install -d -m 0700 -o 3990 .pulumi-chroot",
  ]) {
    await host.must(`cd /srv/forged; ${forged}`);
    const before = walk(host.path("/srv/forged"));
    const errors = await doSteps(siteOn(host, "/srv/forged"), steps);
    assert.match(errors.join(), /\.pulumi-chroot in the jail is not root's directory/, forged);
    expect(host.path("/srv/forged")).toBeUntouched(before);
    expect(host.path("/srv/outside")).toBeUntouched(outside);
    expect(await host.must("cd /srv/forged; ls -A /srv/trap; rm -r .pulumi-chroot")).toBe("");
  }
});

test("a directory that is to be made where something is by now is an error, and a link there is not followed", async () => {
  await host.must("mkdir /srv/raced; ln -s /srv/outside/dir /srv/raced/link; mkdir -m 0711 /srv/raced/there");
  const outside = walk(host.path("/srv/outside"));
  for (const path of ["link", "there"]) {
    const make: Step = { path: at(path), action: "make", owner: { uid: 3990, gid: 3990 }, mode: 0o777 };
    const errors = await doSteps(siteOn(host, "/srv/raced"), [make]);
    expect(errors.join()).toMatch(/^mkdir: .*File exists/);
  }
  expect(host.path("/srv/outside")).toBeUntouched(outside);
  expect(await host.must("stat -c '%u %a' /srv/raced/there")).toBe("0 711\n");
});

test("what fails for one path does not keep the others from being repaired", async () => {
  await host.must("mkdir /srv/some; : >/srv/some/a; : >/srv/some/b");
  const owner = { uid: 3990, gid: 3990 };
  const steps = ["a", "gone", "b"].map((path) => set(path, { owner, mode: 0o604 }));
  const errors = await doSteps(siteOn(host, "/srv/some"), steps);
  expect(await host.must("cd /srv/some; stat -c '%u %a' a b")).toBe("3990 604\n3990 604\n");
  expect(errors.length).toBe(2);
  for (const [index, command] of ["chown", "chmod"].entries())
    expect(errors[index] ?? "").toMatch(new RegExp(`^${command}: .*gone.*No such file or directory`));
});

test("what a host says of a failure is escaped and cut", async () => {
  await host.must("mkdir /srv/fails");
  const script = "#!/bin/sh\nprintf '\\033[2Jcaf\\303\\251 \\351\\n%04000d' 0 >&2\nexit 1\n";
  await host.replace("/usr/bin/chmod", () => script);
  const [message = ""] = await doSteps(siteOn(host, "/srv/fails"), [set("none", { mode: 0o600 })]);
  await host.restore("/usr/bin/chmod");
  expect(message).toMatch(/^chmod: \\x1b\[2Jcafé \\xe9; 000/);
  assert.ok(message.length < 600, message);
});
