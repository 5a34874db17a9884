import { registryHome, registryName } from "../../../../provider/agent/site";
import { blockDevice, charDevice, directory, fifo, file, hardLink, link } from "../entries";
import { begin, bytes, type Case, lines, list, look, step } from "./case";

/** Looks at a host, a registry and a jail. */

const root = (name: string) => `/srv/look-${name}`;
const www = { uid: 1033, gid: 1033 };

/** A jail with an entry of each type. */
const tree = {
  ".": directory(0o750, { gid: 1033 }),
  etc: directory(),
  "etc/conf": file("conf\n", 0o640, { gid: 1033 }),
  "etc/again": hardLink("etc/conf"),
  "etc/link": link("conf"),
  "etc/away": link("/srv"),
  "etc/new\nline": file(),
  dev: directory(),
  "dev/null": charDevice("1:3", 0o666),
  "dev/sda": blockDevice("8:0"),
  run: directory(0o2770, www),
  "run/fifo": fifo(),
  "run/pid": file("7\n", 0o644, www),
  tmp: directory(0o1777),
  "tmp/deep": directory(0o700, www),
  "tmp/deep/x": file("", 0o600, www),
};

/** A path that is entered, and what is wrong with it. */
const ways = {
  "is there": { ".": directory() },
  "is not there": {},
  "is a link": { ".": link("look-way0") },
  "is a file": { ".": file() },
  "is empty file": { ".": file("") },
};

const aclTree = {
  ".": directory(),
  named: file("x", 0o640, { acl: "user:1033:rw-,group::r--,mask::---" }),
  "back\\slash": file("x", 0o2640, { acl: "user:1033:rw-,group::r--,mask::---" }),
  inherits: directory(0o750, {
    acl: "default:user::rwx,default:user:1033:r-x,default:group::r-x,default:mask::r-x,default:other::---,group::---",
  }),
  both: directory(0o2770, {
    acl: "user:1033:rwx,group::r-x,mask::---,default:user::rwx,default:user:1033:rwx,default:group::---,default:mask::rwx,default:other::---",
  }),
  power: file("x", 0o755, { capabilities: "cap_net_bind_service=ep" }),
};

const hostPaths = [
  "file",
  "secret",
  "link",
  "way/file",
  "loop",
  "hot/own",
  "hot/roots",
  "hot/link",
  "hot/gone",
  "all/x",
  "closed/x",
  "gone",
  "file/x",
  "gone/x",
].map((name) => `/srv/host/${name}`);

const record = (at: string, more = "") => `{\n "root": "${at}",\n "path": "/etc/x"${more}\n}\n`;

export const lookCases: readonly Case[] = [
  ...Object.entries(ways).map(([what, given], index) => ({
    what: `the way to a root that ${what}`,
    root: root(`way${index}`),
    given,
    steps: [...look(root(`way${index}`)), step("processes"), step("scan")],
  })),
  {
    what: "the way to a root below a directory of the daemon's",
    root: `${root("hot")}/jail`,
    given: { [root("hot")]: directory(0o755, www), ".": directory() },
    steps: look(`${root("hot")}/jail`),
  },
  {
    what: "the way to a root that somebody else has made in a directory with the sticky bit",
    root: `${root("sticky")}/jail`,
    given: { [root("sticky")]: directory(0o1777), ".": directory(0o755, www) },
    steps: look(`${root("sticky")}/jail`),
  },
  {
    what: "a root that is made, with the directories above it",
    root: `${root("made")}/a/b`,
    given: {},
    steps: [
      step("registry", { name: registryName(`${root("made")}/a/b`), mode: "-x", wait: 9 }),
      { ...step("enter", { data: bytes(`${root("made")}/a/b`), make: "make" }), chain: 1 },
      step("look"),
      step("tidy"),
    ],
  },
  {
    what: "a jail, whole, in parts and by single paths, and without a directory",
    root: root("whole"),
    given: tree,
    steps: [
      ...begin(root("whole"), "-x"),
      step("look"),
      step("zone", { data: list(".//etc", ".//tmp", ".//gone") }),
      step("scan"),
      step("zone", { data: list(".//", ".//etc/link", ".//etc/conf/x"), depth: 0 }),
      step("scan"),
      step("zone"),
      step("skip", { data: bytes("etc\ntmp/deep") }),
      step("scan"),
      step("tidy"),
    ],
  },
  { what: "ACLs and capabilities", root: root("acl"), given: aclTree, steps: look(root("acl")) },
  {
    what: "the quarantine, as root's alone and as everybody's",
    root: root("away"),
    given: { ".": directory(), ".pulumi-chroot": directory(0o700), ".pulumi-chroot/x": file() },
    steps: look(root("away")),
  },
  {
    what: "a directory with the quarantine's name that others may enter",
    root: root("fake"),
    given: { ".": directory(), ".pulumi-chroot": directory(0o755), ".pulumi-chroot/x": file() },
    steps: look(root("fake")),
  },
  {
    what: "records, odd names among them, and those of other jails",
    root: root("records"),
    given: {
      ".": directory(),
      [registryHome]: directory(0o700),
      [`${registryHome}/${registryName(root("records"))}`]: directory(0o700),
      [`${registryHome}/${registryName(root("records"))}/a.json`]: file(record(root("records")), 0o600),
      [`${registryHome}/${registryName(root("records"))}/b.json`]: file("no end", 0o600),
      [`${registryHome}/${registryName(root("records"))}/d.json`]: directory(),
      [`${registryHome}/${registryName(root("records"))}/permissions.findings`]: file('{ "a": 1 }\n', 0o600),
      [`${registryHome}/${registryName(root("records"))}/permissions.sh`]: file("sh", 0o600),
      [`${registryHome}/other`]: directory(0o700),
      [`${registryHome}/other/a.json`]: file(record(`${root("records")}/inner`), 0o600),
      [`${registryHome}/other/b.json`]: file("{}\n", 0o600),
    },
    steps: [...look(root("records")), step("records"), step("neighbours")],
  },
  {
    what: "a registry that others may read",
    root: root("open"),
    given: { ".": directory(), [`${registryHome}/${registryName(root("open"))}`]: directory(0o755) },
    steps: begin(root("open"), "-s"),
  },
  {
    what: "a zone without a registry, which ends the agent",
    root: root("bare"),
    given: { ".": directory() },
    steps: [...begin(root("bare"), "-s"), step("zone", { data: list(".//etc") })],
  },
  {
    what: "files of the jail: sums, texts, logins, programs, devices, flags, uses",
    root: root("files"),
    given: {
      ...tree,
      "etc/passwd": file("www:hash:1033:1033::/:/bin/sh\nodd\n", 0o600),
      "etc/tool": file("#!/bin/sh\n", 0o755),
      "etc/elf": file("\u007fELF", 0o755),
    },
    steps: [
      ...look(root("files")),
      step("sums", { data: lines(".//etc/conf", ".//etc/link", ".//etc", ".//gone", ".//run/pid", ".//etc/away/x") }),
      ...["etc/conf", "run/pid", "etc/link", "gone", "etc"].map((path) => step("text", { data: bytes(`.//${path}`) })),
      ...["etc/passwd", "etc/link", "gone"].map((path) => step("logins", { data: bytes(`.//${path}`) })),
      step("programs", { data: list(".//etc/tool", ".//etc/elf", ".//etc/conf", ".//etc", ".//gone") }),
      step("devices", { data: list(".//dev/null", ".//dev/sda", ".//etc/conf", ".//gone") }),
      step("flags", { data: list(".//etc/conf", ".//etc") }),
      step("times", { data: list(".//", ".//etc/conf", ".//etc/link", ".//run/fifo", ".//gone") }),
      step("uses", { data: list(".//etc", ".//run/pid"), kind: "unused" }),
      step("processes"),
    ],
  },
  {
    what: "files and places of the host, and names",
    root: root("host"),
    given: {
      ".": directory(),
      "/srv/host": directory(),
      "/srv/host/file": file("host\n"),
      "/srv/host/secret": file("host\n", 0o600),
      "/srv/host/link": link("file"),
      "/srv/host/way": link("/srv/host"),
      "/srv/host/loop": link("loop"),
      "/srv/host/hot": directory(0o755, www),
      "/srv/host/hot/own": file("own\n", 0o644, www),
      "/srv/host/hot/roots": file("roots\n"),
      "/srv/host/hot/link": link("/srv/host/file", www),
      "/srv/host/all": directory(0o777),
      "/srv/host/all/x": file(),
      "/srv/host/closed": directory(0o700),
      "/srv/host/closed/x": file(),
    },
    steps: [
      ...look(root("host")),
      step("sums", { data: lines(...hostPaths) }),
      step("places", { data: lines(...hostPaths) }),
      ...hostPaths.map((path) => step("text", { data: bytes(path) })),
      step("names", { database: "passwd", data: lines("www", "no-such-user") }),
      step("names", { database: "group", data: lines("www", "no-such-group") }),
    ],
  },
];
