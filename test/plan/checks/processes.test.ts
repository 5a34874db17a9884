import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Bytes } from "../../../provider/model/bytes";
import type { Process, Running } from "../../../provider/observe/process";
import type { Identity } from "../../../provider/plan/checks/identity";
import { processFindings, uncheckedProcesses } from "../../../provider/plan/checks/processes";
import { findingText, sentenceOf } from "../../../provider/render/text/findings/finding-text";

const at = (path: string) => path as Bytes;
const four = (id: number) => [id, id, id, id];

const wrapper: Identity = {
  label: "Wrapper named",
  uid: 1053,
  gid: 1053,
  groups: [7],
  capabilities: ["net_bind_service"],
  noNewPrivs: true,
  environment: ["PATH", "LANG"],
  umask: 0o027,
};
/** A daemon that chroots itself. */
const native: Identity = { label: "Jail named", uid: 1053, gid: 1053, groups: [], capabilities: [], noNewPrivs: false };

const good: Process = {
  pid: 4711,
  started: "100",
  name: at("named"),
  program: at("/srv/jail/bin/named"),
  root: at("/srv/jail"),
  isNested: false,
  cwd: at("/srv/jail"),
  isCwdInside: true,
  uids: four(1053),
  gids: four(1053),
  groups: [7],
  capabilities: ["net_bind_service"],
  bounding: ["net_bind_service", "setgid", "setuid", "sys_chroot"],
  noNewPrivs: true,
  umask: 0o027,
  descriptors: [],
  hasMoreDescriptors: false,
  unseen: [],
  environment: ["LANG", "PATH"],
};

/** `severity: text` of each finding. */
function found(change: Partial<Process>, declared: readonly Identity[] = [wrapper]): string[] {
  return processFindings([{ ...good, ...change }], declared).map((one) => `${one.severity}: ${sentenceOf(one).what}`);
}
const named = "process 4711 (named)";

test("a process that is as declared gives no finding, nor one that has less", () => {
  expect(found({})).toStrictEqual([]);
  expect(found({ groups: [], capabilities: [], bounding: [], environment: [] })).toStrictEqual([]);
  expect(found({ groups: [1053] })).toStrictEqual([]);
  expect(
    found({ groups: [], capabilities: [], noNewPrivs: false, umask: 0, environment: ["HOME"] }, [native]),
  ).toStrictEqual([]);
});

test("root is the worst of all, and told once", () => {
  const all = { capabilities: ["sys_admin", "kill"], groups: [] };
  expect(processFindings([{ ...good, ...all, uids: four(0) }], [native])).toStrictEqual([
    { id: "process-root", severity: "high", evidence: { who: { pid: 4711, name: "named" } } },
  ]);
  expect(found({ ...all, uids: four(0) })).toStrictEqual([
    `high: ${named} runs with uid 0: a process of root's leaves any chroot`,
  ]);
  for (const [uids, which] of [
    [[1053, 1053, 0, 1053], "saved"],
    [[0, 1053, 1053, 1053], "real"],
    [[1053, 1053, 1053, 0], "file system's"],
  ] as const)
    expect(found({ uids })).toStrictEqual([
      `high: ${named} can be root again, its ${which} uid is 0: a process of root's leaves any chroot`,
    ]);
});

test("a user that has another number now is found, and one of several uids", () => {
  expect(found({ uids: four(1054) })).toStrictEqual([
    `medium: ${named} runs with uid 1054, and Wrapper named with 1053: its user had another number when it was started, or it is another's`,
  ]);
  expect(found({ uids: [1053, 1054, 1053, 1054] })[0] ?? "").toMatch(
    /uid 1053, 1054, 1053 \(real, effective, saved\),/,
  );
  expect(found({ gids: four(0) })).toStrictEqual([`medium: ${named} runs with gid 0, and Wrapper named with 1053`]);
});

test("supplementary groups, capabilities, NoNewPrivs, bounding set and umask are compared", () => {
  expect(found({ groups: [6, 7, 42] })).toStrictEqual([
    `medium: ${named} is in groups that Wrapper named is not in: 6, 42`,
  ]);
  expect(found({ capabilities: ["kill", "net_bind_service", "sys_chroot"] })).toStrictEqual([
    `high: ${named} has capabilities with which it can leave the jail: sys_chroot`,
    `medium: ${named} has capabilities that Wrapper named does not keep: kill`,
  ]);
  expect(found({ noNewPrivs: false, bounding: ["kill", "setuid"] })).toStrictEqual([
    `medium: ${named} may gain privileges through programs that it starts, and Wrapper named sets NoNewPrivs`,
    `low: ${named} has a bounding set with more than Wrapper named leaves in it: kill`,
  ]);
  expect(found({ umask: 0o022 })).toStrictEqual([`low: ${named} has the umask 0022, and Wrapper named 0027`]);
  const { umask: _, ...old } = good;
  expect(processFindings([old], [wrapper])).toStrictEqual([]);
});

test("a native daemon may keep a harmless capability, and none with which it can leave", () => {
  const kept = { groups: [], capabilities: ["net_bind_service"] };
  assert.deepEqual(found(kept, [native]), [], "no argument declares it, so nobody could silence a finding");
  for (const name of ["setuid", "sys_chroot", "sys_admin", "sys_ptrace", "dac_override", "mknod", "dac_read_search"])
    expect(found({ ...kept, capabilities: [name] }, [native])[0] ?? "").toMatch(new RegExp(`^high: .* ${name}$`));
});

test("of an environment names are compared where it is held, and those that tell something always", () => {
  const environment = ["PATH", "HOME", "SSH_CLIENT", "LD_PRELOAD", "DB_PASSWORD"];
  const worst = `medium: ${named} was started with session variables, loader variables or secrets: SSH_CLIENT, LD_PRELOAD, DB_PASSWORD`;
  expect(found({ environment })).toStrictEqual([
    worst,
    `low: ${named} was started with variables that Wrapper named does not have: HOME`,
  ]);
  expect(found({ environment, groups: [], capabilities: [] }, [native])).toStrictEqual([worst]);
  expect(
    found({ environment: ["PATH", "API_TOKEN"] }, [{ ...wrapper, environment: ["PATH", "API_TOKEN"] }]),
  ).toStrictEqual([]);
  const many = Array.from({ length: 13 }, (_, index) => `V${index}`);
  expect(found({ environment: many })[0] ?? "").toMatch(/V0, .*, V9 and 3 more$/);
});

test("what leads out is found: a working directory, directories, devices and files that are held open", () => {
  expect(found({ isCwdInside: false, cwd: at("/root") })).toStrictEqual([
    `high: ${named} has its working directory, /root, outside the jail: it can go anywhere from there`,
  ]);
  const descriptors = [
    { number: 5, type: "file", path: at("/var/log/x\n") },
    { number: 7, type: "directory", path: at("/") },
    { number: 8, type: "block device", path: at("/dev/sda") },
  ] as const;
  expect(found({ descriptors })).toStrictEqual([
    `high: ${named} holds a directory outside the jail, / open as descriptor 7: it can go anywhere from there`,
    `high: ${named} holds a block device, /dev/sda open as descriptor 8: it can reach all that is on it`,
    `low: ${named} may write to a file outside the jail, /var/log/x\\n open as descriptor 5`,
  ]);
  expect(found({ hasMoreDescriptors: true })[0] ?? "").toMatch(/^low: .* more than 100/);
});

test("a program that was replaced, and a chroot in the chroot, are found", () => {
  const program = at("/srv/jail/bin/named (deleted)");
  expect(found({ program })[0] ?? "").toMatch(
    /^medium: .* runs \/srv\/jail\/bin\/named \(deleted\): the program was replaced/,
  );
  expect(found({ isNested: true, root: at("/srv/jail/in") })).toStrictEqual([
    `low: ${named} has its root at /srv/jail/in, below the jail's`,
  ]);
});

test("it is compared with the identity of its uid, and among several of them with the closest", () => {
  const helper: Identity = { ...wrapper, label: "Wrapper helper", uid: 1060, gid: 1060 };
  const tight: Identity = { ...wrapper, label: "Wrapper tight", capabilities: [], groups: [], umask: 0o077 };
  expect(found({}, [helper, tight, wrapper])).toStrictEqual([]);
  expect(found({ umask: 0 }, [helper, tight, wrapper])).toStrictEqual([
    `low: ${named} has the umask 0000, and Wrapper named 0027`,
  ]);
  expect(found({ uids: four(1060) }, [wrapper, helper])[0] ?? "").toMatch(/gid 1053, and Wrapper helper with 1060$/);
});

test("a hostile name is shown escaped, and a thread named", () => {
  expect(found({ name: at("a\n\x1b[2J)"), thread: 4712, umask: 0 })).toStrictEqual([
    "low: thread 4712 of process 4711 (a\\n\\x1b[2J)) has the umask 0000, and Wrapper named 0027",
  ]);
});

test("a look that has not seen all of every process says so, and one that has says nothing", () => {
  const unchecked = (more: number, isRestless: boolean, ...unseen: Process["unseen"][]) =>
    textOf({ processes: unseen.map((parts) => ({ ...good, unseen: parts })), more, isRestless });
  const textOf = (running: Running) => {
    const found = uncheckedProcesses(running);
    return found && findingText(found);
  };
  expect(unchecked(0, false, [], [])).toBe(undefined);
  const blind = textOf({
    processes: [],
    more: 3,
    isRestless: true,
    blind: "process 7 cannot be looked at",
  });
  expect(blind).toBe("not all of the jail's running processes were seen: process 7 cannot be looked at");
  expect(unchecked(1200, false) ?? "").toMatch(
    /processes were seen: there was no time to look at 1,200 more processes/,
  );
  expect(unchecked(0, false, [], ["descriptors"]) ?? "").toMatch(
    /no time to look at the descriptors of process 4711 \(named\): see/,
  );
  const all = unchecked(2, true, ["descriptors", "environment"], ["environment"]) ?? "";
  expect(all).toMatch(
    /2 more .* threads; nor at the descriptors and environment of 2 processes; processes begin and end faster/,
  );
});
