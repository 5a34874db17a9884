import { createHash } from "node:crypto";
import { directory, file, link } from "../entries";
import { bytes, type Case, change, step } from "./case";

/** Files, links and devices that are put in place. */

const root = (name: string) => `/srv/put-${name}`;
const www = { uid: 1033, gid: 1033 };
const sum = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");
const key = (number: number) => `${"a".repeat(32)}-${String(number).padStart(8, "0")}`;

const at = (path: string, number = 1, gid?: number) =>
  step("at", { data: bytes(path), key: key(number), ...(gid === undefined ? {} : { gid }) });
const fill = (text: string) => step("fill", { data: bytes(text), sha256: sum(text) });
const fields = (mode = "00640", entries = "-", more = {}) => step("fields", { ids: "0:1033", mode, entries, ...more });
const place = (path: string, number = 1) => step("place", { data: bytes(path), key: key(number) });
const back = (path: string, number = 1) => step("back", { data: bytes(path), key: key(number) });
const whole = (path: string, text: string, number = 1) => [at(path, number), fill(text), fields(), place(path, number)];

export const putCases: readonly Case[] = [
  {
    what: "new files, and files in place of a file, a link and a directory",
    root: root("files"),
    given: {
      ".": directory(),
      etc: directory(),
      "etc/old": file("old\n", 0o604, www),
      "etc/link": link("old"),
      "etc/dir": directory(),
    },
    steps: change(
      root("files"),
      ...whole(".//etc/new", "new\n", 1),
      ...whole(".//etc/old", "other\n", 2),
      ...whole(".//etc/link", "no link\n", 3),
      ...whole(".//etc/dir", "no directory\n", 4),
      ...whole(".//gone/x", "nowhere\n", 5),
      ...whole(".//etc/link/x", "below a file\n", 6),
      step("put", { data: bytes("{}"), name: "a.json" }),
    ),
  },
  {
    what: "files that come back as they were, and a new one that goes",
    root: root("back"),
    given: { ".": directory(), old: file("old\n", 0o604, www), link: link("old") },
    steps: change(
      root("back"),
      ...whole(".//old", "other\n", 1),
      ...whole(".//link", "no link\n", 2),
      ...whole(".//new", "new\n", 3),
      back(".//old", 1),
      back(".//link", 2),
      back(".//new", 3),
      step("unplace"),
    ),
  },
  {
    what: "a content that is not the declared one, and one without a place",
    root: root("sums"),
    given: { ".": directory() },
    steps: change(
      root("sums"),
      at(".//x"),
      step("fill", { data: bytes("text"), sha256: sum("other") }),
      step("unplace"),
      fill("text"),
      fields(),
      step("symlink", { data: bytes("x") }),
      step("device", { type: "c", major: 1, minor: 3 }),
    ),
  },
  {
    what: "an owner that is none",
    root: root("nobody"),
    given: { ".": directory() },
    steps: change(
      root("nobody"),
      at(".//x"),
      fill("text"),
      step("fields", { ids: "-7:0", mode: "00600", entries: "-" }),
      place(".//x"),
    ),
  },
  {
    what: "links, devices, ACLs, capabilities, and a group that may read",
    root: root("kinds"),
    given: { ".": directory(0o2755, { gid: 1033 }), dev: directory() },
    steps: change(
      root("kinds"),
      at(".//link", 1),
      step("symlink", { data: bytes("/etc/no where") }),
      place(".//link", 1),
      at(".//dev/null", 2),
      step("device", { type: "c", major: 1, minor: 3 }),
      fields("00666"),
      place(".//dev/null", 2),
      at(".//acl", 3, 1033),
      fill("acl"),
      fields("04750", "user:1033:r--,group::r-x,mask::---", { capabilities: "cap_kill=ep" }),
      place(".//acl", 3),
      at(".//.old", 4),
      fill("named as the copy is"),
      fields("00644"),
      place(".//.old", 4),
      ...whole(".//.old", "again", 5),
      back(".//.old", 5),
      step("scan"),
    ),
  },
  {
    what: "files of the host: copied, put beside the jail, and removed",
    root: root("host"),
    given: {
      ".": directory(),
      [root("beside")]: directory(),
      [`${root("beside")}/from`]: file("host\n"),
      [`${root("beside")}/link`]: link("from"),
      [`${root("beside")}/hot`]: directory(0o777),
      [`${root("beside")}/hot/x`]: file("hot\n"),
    },
    beside: [root("beside")],
    steps: change(
      root("host"),
      at(".//copy", 1),
      step("copy", { data: bytes(`${root("beside")}/link`), size: 5, sha256: sum("host\n") }),
      fields(),
      place(".//copy", 1),
      at(".//hot", 2),
      step("copy", { data: bytes(`${root("beside")}/hot/x`), size: 4, sha256: sum("hot\n") }),
      step("copy", { data: bytes(`${root("beside")}/gone`), size: 4, sha256: sum("hot\n") }),
      at(`${root("beside")}/to`, 3),
      step("symlink", { data: bytes(root("host")) }),
      place(`${root("beside")}/to`, 3),
      at(`${root("beside")}/hot/y`, 4),
      step("remove", { data: bytes(`${root("beside")}/from`) }),
      step("remove", { data: bytes(`${root("beside")}/gone`) }),
      step("remove", { data: bytes(`${root("beside")}/hot`) }),
    ),
  },
  {
    what: "a root in which others may write, and a staging directory of somebody else's",
    root: root("hot"),
    given: { ".": directory(0o770, { gid: 1033 }) },
    steps: change(root("hot"), ...whole(".//x", "x")),
  },
  ...[directory(0o755, www), directory(0o711), file(), directory(0o700)].map((staging, index) => ({
    what: `a staging directory that is there already, ${index}`,
    root: root(`staged${index}`),
    given: {
      ".": directory(),
      ".pulumi-chroot-staging": staging,
      ...(staging.mode === 0o711
        ? {
            [`.pulumi-chroot-staging/${key(7)}`]: directory(0o700),
            [`.pulumi-chroot-staging/${key(7)}/x`]: file(),
          }
        : {}),
    },
    steps: change(root(`staged${index}`), ...whole(".//x", "x")),
  })),
];
