import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const main = join(__dirname, "..", "..", "provider", "cli", "main.js");

describe("the command pulumi-chroot", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "chroot-command-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  const fleet = (text: string) => writeFileSync(join(folder, "fleet.js"), `module.exports = ${text};\n`);

  test("shows its commands, and the options of each", () => {
    expect(run("--help").stdout).toMatch(/drift .*\n.*rollout .*\n.*completion /);
    expect(run("rollout", "--help").stdout).toMatch(/--plan +show the waves/);
    expect(run("completion", "bash").stdout).toMatch(/^_pulumi_chroot\(\)/);
  });

  test("names the command and the option that a misspelt word may mean, and ends with 1", () => {
    const command = run("drfit");
    expect([command.status, command.stderr]).toStrictEqual([1, expect.stringContaining("(Did you mean drift?)")]);
    const option = run("drift", "--htlm", "a.html");
    expect([option.status, option.stderr]).toStrictEqual([1, expect.stringContaining("(Did you mean --html?)")]);
    expect(run("drift", "--width", "0").stderr).toContain("Write a whole number above zero.");
  });

  test("tells a fleet that is not there, that throws, or that cannot be meant, in one line without a stack", () => {
    expect(run("rollout")).toStrictEqual({
      status: 1,
      stdout: "",
      stderr:
        "pulumi-chroot: fleet.ts: there is no such file: run the command in the fleet's folder, or name the file\n",
    });
    fleet("(() => { throw new Error('no inventory') })()");
    expect(run("rollout", "fleet.js").stderr).toBe("pulumi-chroot: fleet.js: its program failed: no inventory\n");
    fleet("{ name: 'a', units: { b: { host: 'b', prot: 22 } }, declare() {} }");
    const { status, stderr } = run("rollout", "fleet.js", "--plan");
    expect([status, stderr]).toStrictEqual([
      1,
      expect.stringMatching(/^pulumi-chroot: the fleet is refused: .*prot.*\n$/),
    ]);
  });

  test("tells an error that a fleet's file leaves for later, and a file that ends the command, without a stack", () => {
    const units = "units: { b: { host: 'b' } }";
    writeFileSync(
      join(folder, "fleet.js"),
      `Promise.reject(new Error("no\u202etoken")); module.exports = { name: "a", ${units}, declare() {} };`,
    );
    expect(run("rollout", "fleet.js", "--plan")).toMatchObject({
      status: 1,
      stderr: "pulumi-chroot: an error that no code has caught: no\\xe2\\x80\\xaetoken\n",
    });
    for (const text of ["process.exit(0)", "{ default: new Promise(() => {}) }"]) {
      fleet(text);
      expect(run("rollout", "fleet.js")).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^pulumi-chroot: fleet\.js: its program has ended this process before .*\n$/),
      });
    }
  });

  test("refuses a fleet without a unit", () => {
    fleet("{ name: 'a', units: {}, declare() {} }");
    for (const option of ["--plan", "--preview"])
      expect(run("rollout", "fleet.js", option)).toStrictEqual({
        status: 1,
        stdout: "",
        stderr: "pulumi-chroot: the fleet is refused: units is empty: there is no host to roll out to\n",
      });
  });

  test("shows its report where the disk of the report's file is full, names each such file, and fails", () => {
    const type = "pulumi-nodejs:dynamic/chroot:Jail";
    const inputs = {
      __provider: 'exports.handler=()=>require("pulumi-chroot/lifecycle").jail',
      connection: { host: "127.0.0.1", port: 1, password: "x" },
      root: "/srv/a",
      user: "www",
      group: "www",
      baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
    };
    const resources = [{ urn: `urn:pulumi:prod::dns::${type}::named`, type, inputs }];
    writeFileSync(join(folder, "jails.json"), JSON.stringify({ version: 3, deployment: { resources } }));
    symlinkSync("/dev/full", join(folder, "full"));
    const { status, stdout, stderr } = run(
      "drift",
      "--export",
      "jails.json",
      "--html",
      "full",
      "--json",
      "a.json",
      "--junit",
      "full",
    );
    expect(stdout).toMatch(
      /^Drift of dns: 1 host: 1 unreachable, all in \/srv\/a\n(.*\n)*next: pulumi preview --diff\n$/,
    );
    expect(readFileSync(join(folder, "a.json"), "utf8")).toMatch(/^\{/);
    const line = "full: the report cannot be written: ENOSPC: no space left on device, write";
    expect([status, stderr]).toStrictEqual([1, `pulumi-chroot: ${line}\n${line}\n`]);
  });

  test("shows the waves of a fleet, and starts nothing", () => {
    fleet("{ name: 'a', units: { b: { host: 'b' }, c: { host: 'c' } }, declare() { throw new Error('started') } }");
    expect(run("rollout", "fleet.js", "--plan")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^a: rollout of 2 units in 1 wave, at most \d+ at once\n {2}all {7}2 {2}b, c\n/),
    });
  });

  test("reports news again that the webhook did not take", () => {
    const type = "pulumi-nodejs:dynamic/chroot:Jail";
    const inputs = {
      __provider: 'exports.handler=()=>require("pulumi-chroot/lifecycle").jail',
      connection: { host: "127.0.0.1", port: 1 },
      root: "/chroot/named",
    };
    const resources = [{ urn: `urn:pulumi:prod::dns::${type}::named`, type, inputs }];
    writeFileSync(join(folder, "away.json"), JSON.stringify({ version: 3, deployment: { resources } }));
    const look = (...more: string[]) =>
      run("drift", "--export", "away.json", "--only-new", "last.json", ...more).status;
    expect(look("--webhook", "http://127.0.0.1:9/hook")).toBe(1);
    expect([look(), look()]).toStrictEqual([3, 0]);
  });

  test("names a host as the rollout in this folder does, and keeps its address", () => {
    const look = () => {
      const [line = ""] = run("drift", "--export", "away.json", "--json-lines", "-").stdout.split("\n");
      const { name, jails } = JSON.parse(line) as { name: string; jails: { host: string }[] };
      return [name, jails[0]?.host];
    };
    expect(look()).toStrictEqual(["127.0.0.1:1", "root@127.0.0.1:1"]);
    mkdirSync(join(folder, ".pulumi-chroot", "dns"), { recursive: true });
    writeFileSync(join(folder, ".pulumi-chroot", "dns", "Pulumi.yaml"), "name: dns\n");
    expect(look()).toStrictEqual(["prod", "root@127.0.0.1:1"]);
  });

  test("does not take an empty look for one without drift", () => {
    writeFileSync(join(folder, "state.json"), JSON.stringify({ version: 3, deployment: { resources: [] } }));
    expect(run("drift", "--export", "state.json")).toStrictEqual({
      status: 1,
      stdout: "",
      stderr: "pulumi-chroot: nothing to look at: 1 stack, and none has a jail\n",
    });
    const both = run("drift", "--export", "state.json", "away.json", "--json-lines", "-");
    const hosts = both.stdout.trim().split("\n");
    expect([both.status, ...hosts.map((line) => JSON.parse(line)["outcome"])]).toStrictEqual([
      3,
      "not-checked",
      "not-checked",
    ]);
    expect(both.stdout).toContain("the state of state.json has no jail: bring the stack up, or leave it out");
  });
});
