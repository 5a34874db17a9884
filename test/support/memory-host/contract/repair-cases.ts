import { registryHome, registryName } from "../../../../provider/agent/site";
import { charDevice, directory, fifo, file, hardLink, link } from "../entries";
import { bytes, type Case, change, list, step } from "./case";

/** Changes of entries: repairs, closed directories, the quarantine, and the end of a jail. */

const root = (name: string) => `/srv/repair-${name}`;
const registryOf = (name: string) => `${registryHome}/${registryName(root(name))}`;
const www = { uid: 1033, gid: 1033 };

const tree = {
  ".": directory(),
  etc: directory(),
  "etc/conf": file(),
  "etc/tool": file("x", 0o6755),
  "etc/locking": file("x", 0o6744),
  "etc/power": file("x", 0o755, { capabilities: "cap_net_bind_service=ep" }),
  "etc/link": link("conf"),
  "etc/way": link("../data"),
  data: directory(0o2770, www),
  "data/fifo": fifo(),
  "data/sub": directory(0o755, www),
};

/** Requests for entries of each kind, and for those that are refused. */
const paths = [".//etc/conf", ".//etc/tool", ".//etc/locking", ".//etc/power", ".//data", ".//data/fifo"];
const refused = [".//etc/link", ".//etc/way/sub", ".//gone", ".//etc/conf/x"];

const acls = {
  "of a file": "user:1033:rw-,group::r--,mask::---",
  "of a directory":
    "user:1033:rwx,group::r-x,default:user::rwx,default:group::r-x,default:mask::r-x,default:other::---,default:user:1033:r-x,mask::---",
  "of entries to come alone":
    "default:user::rwx,default:group::r-x,default:other::---,default:user:1033:r-x,default:mask::r-x,group::---",
  none: "group::---",
};

const closed = (at: string) => `30:1 1 1033:1033 2770 ${at}`;

export const repairCases: readonly Case[] = [
  {
    what: "owners and modes, with special bits and capabilities, and refusals beside",
    root: root("modes"),
    given: tree,
    steps: change(
      root("modes"),
      step("chown", { data: list(...paths), ids: "1033:0" }),
      step("scan"),
      step("chmod", { data: list(...paths), mode: "04711" }),
      step("chmod", { data: list(".//data"), mode: "00755" }),
      step("chown", { data: list(...refused, ".//etc/conf"), ids: "7:7" }),
      step("chmod", { data: list(...refused, ".//etc/tool"), mode: "00600" }),
      step("scan"),
    ),
  },
  ...Object.entries(acls).map(([what, entries], index) => ({
    what: `an ACL ${what}`,
    root: root(`acl${index}`),
    given: {
      ".": directory(),
      at: what.endsWith("file") ? file() : directory(0o2775),
      had: directory(0o750, { acl: "user:7:rwx,group::r-x,mask::---" }),
      link: link("at"),
    },
    steps: change(
      root(`acl${index}`),
      step("acl", { data: list(".//at", ...(what.endsWith("file") ? [] : [".//had"])), entries }),
      step("scan"),
      step("acl", { data: list(".//link", ".//gone"), entries }),
      step("chmod", { data: list(".//at"), mode: "00750" }),
      step("scan"),
    ),
  })),
  {
    what: "capabilities",
    root: root("powers"),
    given: { ...tree, "etc/other": file("x", 0o755) },
    steps: change(
      root("powers"),
      step("powers", { data: list(".//etc/other"), capabilities: "cap_chown=ep cap_kill+i" }),
      step("powers", { data: list(".//etc/tool"), capabilities: "cap_chown,cap_kill=ep" }),
      step("powers", { data: list(".//etc/power"), capabilities: "" }),
      step("scan"),
      step("powers", { data: list(".//etc/link"), capabilities: "cap_kill=ep" }),
      step("chown", { data: list(".//etc/tool"), ids: "0:0" }),
      step("scan"),
    ),
  },
  {
    what: "directories, below others with setgid and default ACLs, and refusals beside",
    root: root("mkdir"),
    given: { ...tree, acl: directory(0o2775, { acl: acls["of entries to come alone"] }) },
    steps: change(
      root("mkdir"),
      step("mkdir", { data: list(".//new", ".//new/deep", ".//data/in", ".//acl/in") }),
      step("mkdir", { data: list(".//etc", ".//etc/conf", ".//etc/conf/x", ".//etc/way/x", ".//none/x", ".//good") }),
      step("scan"),
    ),
  },
  {
    what: "a chain, which ends after a failure, and others beside",
    root: root("chain"),
    given: { ".": directory(), file: file() },
    steps: change(
      root("chain"),
      { ...step("mkdir", { data: list(".//file") }), chain: 1, isAttempt: true },
      { ...step("mkdir", { data: list(".//one") }), chain: 1 },
      { ...step("mkdir", { data: list(".//file") }), chain: 2 },
      { ...step("put", { data: bytes("text\n"), name: "note" }), chain: 1 },
      { ...step("put", { data: bytes("\n\nput 1 x\n+mkdir 4\n"), name: "evil" }), chain: 2 },
      { ...step("mkdir", { data: list(".//two") }), chain: 2 },
      step("mkdir", { data: list(".//beside") }),
      { ...step("fields", { ids: "0:0", mode: "00600", entries: "-" }), chain: 2 },
      step("drop", { name: "note" }),
      step("drop", { name: "none" }),
      step("records"),
    ),
  },
  {
    what: "directories of the daemon's that are closed, planned and opened",
    root: root("seal"),
    given: { ...tree, "data/sub/deep": directory(0o777), ".pulumi-chroot": directory(0o777), open: directory(0o1777) },
    steps: change(
      root("seal"),
      step("seal", { data: list(".//data") }),
      step("scan"),
      step("seal"),
      step("zone"),
      step("scan"),
      step("plan", { data: list(closed(".//data/sub"), closed(".//data"), closed(".//etc/link"), closed(".//gone")) }),
      step("relax"),
      step("scan"),
      step("relax", { all: "all" }),
    ),
  },
  {
    what: "directories that are closed when the agent ends, and those of an earlier run",
    root: root("ends"),
    given: tree,
    steps: [...change(root("ends"), step("put", { data: bytes("{}"), name: "a.json" }), step("seal")).slice(0, -1)],
  },
  {
    what: "the quarantine: items with and without notes, links and directories, and refusals",
    root: root("away"),
    given: { ...tree, stands: file() },
    steps: change(
      root("away"),
      step("quarantine", { data: list(".//etc/way/fifo", ".//etc/locking"), kind: "unused" }),
      step("quarantine", { data: list("etc: why\n.//etc/conf", ".//etc/link", "all: why\n.//data") }),
      step("quarantine", { data: list(".//gone", ".//etc/way/x", ".//stands"), kind: "unused" }),
      step("quarantine", { data: list(".//etc/tool"), kind: "anyway" }),
      step("scan"),
    ),
  },
  {
    what: "a quarantine that is not root's alone",
    root: root("forged"),
    given: { ".": directory(), ".pulumi-chroot": directory(0o755), x: file() },
    steps: change(root("forged"), step("quarantine", { data: list(".//x") })),
  },
  {
    what: "a quarantine with an index of somebody else's",
    root: root("index"),
    given: {
      ".": directory(),
      ".pulumi-chroot": directory(0o700),
      ".pulumi-chroot/index": file("", 0o600, www),
      x: file(),
    },
    steps: change(root("index"), step("quarantine", { data: list(".//x") })),
  },
  {
    what: "things that have been in the quarantine for long",
    root: root("old"),
    given: {
      ".": directory(),
      ".pulumi-chroot": directory(0o700),
      ".pulumi-chroot/20200101T000000-0": directory(0o777, www),
      ".pulumi-chroot/20200101T000000-0/x": file(),
      ".pulumi-chroot/20990101T000000-0": file(),
      ".pulumi-chroot/theirs": file(),
      ".pulumi-chroot/index": file("20200101T000000-0 a\n20990101T000000-0 b\n", 0o600),
    },
    steps: change(root("old"), step("expire", { days: 7 })),
  },
  {
    what: "repairs that are added to a damaged list",
    root: root("history"),
    given: {
      ".": directory(),
      [registryHome]: directory(0o700),
      [registryOf("history")]: directory(0o700),
      [`${registryOf("history")}/a.json`]: file("{}\n", 0o600),
      [`${registryOf("history")}/permissions.history`]: file(
        `odd\n${'{"when":"2026-01-01T00:00:00Z","path":"a"}\n'.repeat(999)}{"when":"x","a":1}\n{"when":"2`,
        0o600,
      ),
    },
    steps: change(
      root("history"),
      step("history", { data: bytes('"path":"b & \\\\1 \\" ","was":""}\n"path":"c"}\n') }),
      step("history", { data: bytes('no record\n"path":"cut') }),
      step("history", { data: bytes("") }),
      step("records"),
    ),
  },
  {
    what: "the end of a jail: entries, directories, and the root with those above it",
    root: `${root("end")}/a/b`,
    given: {
      [`${root("end")}/a`]: directory(),
      ".": directory(),
      dev: directory(),
      "dev/null": charDevice("1:3"),
      etc: directory(),
      "etc/one": file(),
      "etc/two": hardLink("etc/one"),
      "etc/link": link("/srv"),
      full: directory(),
      "full/x": file(),
    },
    beside: [root("end")],
    steps: change(
      `${root("end")}/a/b`,
      step("clear", { data: list(".//dev/null", ".//etc/one", ".//etc/link", ".//gone", ".//etc/link/x", ".//full") }),
      step("empty", { data: list(".//dev", ".//full", ".//etc", ".//gone") }),
      step("uproot", { data: list(`${root("end")}/a`) }),
      step("clear", { data: list(".//etc/two", ".//full/x") }),
    ),
  },
  {
    what: "the end of a jail that is empty",
    root: `${root("none")}/a/b`,
    given: { [`${root("none")}/a`]: directory(), ".": directory(), ".pulumi-chroot": directory(0o700) },
    beside: [root("none")],
    steps: change(
      `${root("none")}/a/b`,
      step("uproot", { data: list(`${root("none")}/a`, root("none"), "/srv") }),
      step("chmod", { data: list(".//x"), mode: "00600" }),
    ),
  },
];
