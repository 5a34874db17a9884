import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { benchFile, figuresOf } from "../support/bench";

describe("the bench of a fleet ends and prints its figures", () => {
  // More than one sshd listens on: the seventeenth address needs a second one.
  test("of a look at hosts behind sshd", async () => {
    expect(await figuresOf("fleet", "drift", "--size", "17", "--rounds", "1")).toStrictEqual([
      "a  ssh host find, 64 at once",
      "b  a look for drift, with its process's start",
      "processor time of the ssh commands",
      "processor time of the look",
      "memory of the look",
    ]);
  });

  test("of a JailFleet", async () => {
    expect(await figuresOf("fleet", "jail-fleet", "--size", "2", "--rounds", "1")).toStrictEqual([
      "a  ssh host find, 64 at once",
      "b  pulumi preview of as many empty resources",
      "c  pulumi preview of the fleet",
      "c beyond b",
      "processor time of the ssh commands",
      "processor time of c beyond b",
    ]);
  });

  test("of hosts in memory", async () => {
    expect(await figuresOf("fleet", "memory", "--size", "100")).toStrictEqual([
      "a  processor time of a host of 10",
      "b  of a host of 100",
      "processor time of the whole look",
      "c  memory, 10 hosts",
      "d  memory, 100 hosts",
      "report of 100 hosts",
    ]);
  });

  test("of a rollout", async () => {
    expect(await figuresOf("fleet", "rollout", "--size", "1", "--rounds", "1")).toStrictEqual([
      "a  bare pulumi up of a new stack",
      "b  a new unit: stack, preview and up",
      "c  a unit in sync",
      "d  memory of a unit in flight",
    ]);
  });

  test("of this package's side of the comparison with Ansible", async () => {
    expect(await figuresOf("fleet", "ansible", "--without-ansible", "--size", "2")).toStrictEqual([
      "a  pulumi preview of a JailFleet",
      "b  a look for drift, with its process's start",
    ]);
  });

  test("and fails where there is no Ansible, and says how to install it", async () => {
    const run = promisify(execFile)(process.execPath, [benchFile("fleet"), "ansible"], { env: { PATH: "/nowhere" } });
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /no ansible-playbook on the PATH.*apt-get install --no-install-recommends ansible-core/,
      ),
    });
  });

  test("and fails for a part that does not exist", async () => {
    const run = promisify(execFile)(process.execPath, [benchFile("fleet"), "drifts"]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no part drifts: name drift,"),
    });
  });
});
