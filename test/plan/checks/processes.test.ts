import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "../../../provider/model/bytes";
import type { Process } from "../../../provider/observe/process";
import type { Identity } from "../../../provider/plan/checks/identity";
import { processFindings } from "../../../provider/plan/checks/processes";

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
  environment: ["LANG", "PATH"],
};

/** `severity: what` of each finding. */
function found(change: Partial<Process>, declared: readonly Identity[] = [wrapper]): string[] {
  return processFindings([{ ...good, ...change }], declared).map(({ severity, what }) => `${severity}: ${what}`);
}
const named = "process 4711 (named)";

test("a process that is as declared gives no finding, nor one that has less", () => {
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ groups: [], capabilities: [], bounding: [], environment: [] }), []);
  assert.deepEqual(found({ groups: [1053] }), []);
  assert.deepEqual(
    found({ groups: [], capabilities: [], noNewPrivs: false, umask: 0, environment: ["HOME"] }, [native]),
    [],
  );
});

test("root is the worst of all, and told once", () => {
  const all = { capabilities: ["sys_admin", "kill"], groups: [] };
  assert.deepEqual(processFindings([{ ...good, ...all, uids: four(0) }], [native]), [
    {
      pid: 4711,
      severity: "high",
      what: `${named} runs with uid 0: a process of root's leaves any chroot`,
      remedy: "start it through its Wrapper, or give the daemon's own user option",
    },
  ]);
  for (const [uids, which] of [
    [[1053, 1053, 0, 1053], "saved"],
    [[0, 1053, 1053, 1053], "real"],
    [[1053, 1053, 1053, 0], "file system's"],
  ] as const)
    assert.deepEqual(found({ uids }), [
      `high: ${named} can be root again, its ${which} uid is 0: a process of root's leaves any chroot`,
    ]);
});

test("a user that has another number now is found, and one of several uids", () => {
  assert.deepEqual(found({ uids: four(1054) }), [
    `medium: ${named} runs with uid 1054, and Wrapper named with 1053: its user had another number when it was started, or it is another's`,
  ]);
  assert.match(found({ uids: [1053, 1054, 1053, 1054] })[0] ?? "", /uid 1053, 1054, 1053 \(real, effective, saved\),/);
  assert.deepEqual(found({ gids: four(0) }), [`medium: ${named} runs with gid 0, and Wrapper named with 1053`]);
});

test("supplementary groups, capabilities, NoNewPrivs, bounding set and umask are compared", () => {
  assert.deepEqual(found({ groups: [6, 7, 42] }), [
    `medium: ${named} is in groups that Wrapper named is not in: 6, 42`,
  ]);
  assert.deepEqual(found({ capabilities: ["kill", "net_bind_service", "sys_chroot"] }), [
    `high: ${named} has capabilities with which it can leave the jail: sys_chroot`,
    `medium: ${named} has capabilities that Wrapper named does not keep: kill`,
  ]);
  assert.deepEqual(found({ noNewPrivs: false, bounding: ["kill", "setuid"] }), [
    `medium: ${named} may get privileges by what it starts, and Wrapper named sets NoNewPrivs`,
    `low: ${named} has a bounding set with more than Wrapper named leaves in it: kill`,
  ]);
  assert.deepEqual(found({ umask: 0o022 }), [`low: ${named} has the umask 0022, and Wrapper named 0027`]);
  const { umask: _, ...old } = good;
  assert.deepEqual(processFindings([old], [wrapper]), []);
});

test("a native daemon may keep a harmless capability with a low finding, and none with which it can leave", () => {
  const kept = { groups: [], capabilities: ["net_bind_service"] };
  assert.deepEqual(found(kept, [native]), [
    `low: ${named} has capabilities that Jail named does not keep: net_bind_service`,
  ]);
  for (const name of ["setuid", "sys_chroot", "sys_admin", "sys_ptrace", "dac_override", "mknod", "dac_read_search"])
    assert.match(found({ ...kept, capabilities: [name] }, [native])[0] ?? "", new RegExp(`^high: .* ${name}$`));
});

test("of an environment names are compared where it is held, and those that tell something always", () => {
  const environment = ["PATH", "HOME", "SSH_CLIENT", "LD_PRELOAD", "DB_PASSWORD"];
  const worst = `medium: ${named} was started with variables of a session, of the loader or with secrets: SSH_CLIENT, LD_PRELOAD, DB_PASSWORD`;
  assert.deepEqual(found({ environment }), [
    worst,
    `low: ${named} was started with variables that Wrapper named does not have: HOME`,
  ]);
  assert.deepEqual(found({ environment, groups: [], capabilities: [] }, [native]), [worst]);
  assert.deepEqual(
    found({ environment: ["PATH", "API_TOKEN"] }, [{ ...wrapper, environment: ["PATH", "API_TOKEN"] }]),
    [],
  );
  const many = Array.from({ length: 13 }, (_, index) => `V${index}`);
  assert.match(found({ environment: many })[0] ?? "", /V0, .*, V9 and 3 more$/);
});

test("what leads out is found: a working directory, directories, devices and files that are held open", () => {
  assert.deepEqual(found({ isCwdInside: false, cwd: at("/root") }), [
    `high: ${named} has its working directory, /root, outside the jail: it can go anywhere from there`,
  ]);
  const descriptors = [
    { number: 5, type: "file", path: at("/var/log/x\n") },
    { number: 7, type: "directory", path: at("/") },
    { number: 8, type: "block device", path: at("/dev/sda") },
  ] as const;
  assert.deepEqual(found({ descriptors }), [
    `high: ${named} holds a directory outside the jail, / open as descriptor 7: it can go anywhere from there`,
    `high: ${named} holds a block device, /dev/sda open as descriptor 8: it can reach all that is on it`,
    `low: ${named} may write to a file outside the jail, /var/log/x\\n open as descriptor 5`,
  ]);
  assert.match(found({ hasMoreDescriptors: true })[0] ?? "", /^low: .* more than 100/);
});

test("a program that was replaced, and a chroot in the chroot, are found", () => {
  const program = at("/srv/jail/bin/named (deleted)");
  assert.match(
    found({ program })[0] ?? "",
    /^medium: .* runs \/srv\/jail\/bin\/named \(deleted\): the program was replaced/,
  );
  assert.deepEqual(found({ isNested: true, root: at("/srv/jail/in") }), [
    `low: ${named} has its root at /srv/jail/in, below the jail's`,
  ]);
});

test("it is compared with the identity of its uid, and among several of them with the closest", () => {
  const helper: Identity = { ...wrapper, label: "Wrapper helper", uid: 1060, gid: 1060 };
  const tight: Identity = { ...wrapper, label: "Wrapper tight", capabilities: [], groups: [], umask: 0o077 };
  assert.deepEqual(found({}, [helper, tight, wrapper]), []);
  assert.deepEqual(found({ umask: 0 }, [helper, tight, wrapper]), [
    `low: ${named} has the umask 0000, and Wrapper named 0027`,
  ]);
  assert.match(found({ uids: four(1060) }, [wrapper, helper])[0] ?? "", /gid 1053, and Wrapper helper with 1060$/);
});

test("a hostile name is shown escaped, and a thread named", () => {
  assert.deepEqual(found({ name: at("a\n\x1b[2J)"), thread: 4712, umask: 0 }), [
    "low: thread 4712 of process 4711 (a\\n\\x1b[2J)) has the umask 0000, and Wrapper named 0027",
  ]);
});
