import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Closure } from "../../../provider/observe/elf/result";
import { programText } from "../../../provider/render/text/findings/programs";
import { type MadeHost, solve } from "../../support/made-host";

const loader = "/lib64/ld-linux-x86-64.so.2";
const directory = "/usr/lib/x86_64-linux-gnu";
const lib = (name: string) => `${directory}/${name}`;

/** A host as Debian is, with a C library; more files, links and names in its cache as a test needs them. */
function debian({ files, links = {}, cache = {}, ...more }: MadeHost): MadeHost {
  const libraries = Object.keys(files).filter((path) => path.startsWith(`${directory}/`));
  const names = ["libc.so.6", ...libraries.map((path) => path.slice(directory.length + 1))];
  return {
    files: {
      [lib("ld-linux-x86-64.so.2")]: { soname: "ld-linux-x86-64.so.2" },
      [lib("libc.so.6")]: { soname: "libc.so.6", needed: ["ld-linux-x86-64.so.2"], interpreter: loader },
      ...files,
    },
    links: {
      "/lib": "usr/lib",
      "/lib64": "usr/lib64",
      "/bin": "usr/bin",
      "/usr/lib64/ld-linux-x86-64.so.2": "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
      ...links,
    },
    cache: { ...Object.fromEntries(names.map((name) => [name, [`/lib/x86_64-linux-gnu/${name}`]])), ...cache },
    ...more,
  };
}

const program = (...needed: string[]) => ({ interpreter: loader, needed });
/** `path <- source`, without the C library and the loader. */
const copies = ({ files }: Closure) =>
  files
    .filter(({ path, role }) => role !== "loader" && !path.endsWith("/libc.so.6"))
    .map(({ path, source }) => `${path} <- ${source}`);
/** Each problem in one line. */
const linesOf = ({ problems }: Pick<Closure, "problems">) => problems.map(({ why }) => programText(why));
const links = (found: Closure) => found.links.map(({ path, target }) => `${path} -> ${target}`);

test("a program, its loader and its libraries, each once, with the links that lead to them", () => {
  const found = solve(
    ["/bin/one", "/usr/bin/two"],
    debian({
      files: {
        "/usr/bin/one": program("libz.so.1", "libc.so.6"),
        "/usr/bin/two": program("libc.so.6", "libz.so.1"),
        [lib("libz.so.1.2.13")]: { soname: "libz.so.1", needed: ["libc.so.6"] },
      },
      links: { [lib("libz.so.1")]: "libz.so.1.2.13" },
      cache: { "libz.so.1": ["/lib/x86_64-linux-gnu/libz.so.1"] },
      special: { "/usr/bin/two": { uid: 0, mode: 0o4755 } },
    }),
  );
  const both = ["/bin/one", "/usr/bin/two"];
  const parts = found.files.map(({ path, source, role, mode, neededBy }) => [path, source, role, mode, neededBy]);
  expect(parts).toStrictEqual([
    ["usr/bin/one", "/usr/bin/one", "binary", 0o755, ["/bin/one"]],
    ["usr/bin/two", "/usr/bin/two", "binary", 0o755, ["/usr/bin/two"]],
    [lib("libc.so.6").slice(1), lib("libc.so.6"), "library", 0o755, both],
    [lib("libz.so.1").slice(1), lib("libz.so.1.2.13"), "library", 0o755, both],
    ["usr/lib64/ld-linux-x86-64.so.2", lib("ld-linux-x86-64.so.2"), "loader", 0o755, both],
  ]);
  expect(links(found)).toStrictEqual(["bin -> usr/bin", "lib64 -> usr/lib64"]);
  expect([found.problems, found.hints]).toStrictEqual([[], []]);
  assert.equal(found.rounds.length, 2, "programs, then libraries with the loader");
  const asked = found.rounds.flat();
  assert.equal(new Set(asked).size, asked.length, "nothing is asked for twice");
});

test("an RPATH holds for what is needed below it, and a RUNPATH for the file itself alone", () => {
  const made = (kind: "rpath" | "runpath") =>
    debian({
      files: {
        "/usr/bin/p": { ...program("liba.so"), [kind]: "/opt/p" },
        "/opt/p/liba.so": { needed: ["libb.so"] },
        "/opt/p/libb.so": { soname: "libb.so" },
      },
    });
  const opt = ["liba.so", "libb.so"].map((name) => `opt/p/${name} <- /opt/p/${name}`);
  expect(copies(solve(["/usr/bin/p"], made("rpath")))).toStrictEqual([...opt, "usr/bin/p <- /usr/bin/p"]);
  expect(solve(["/usr/bin/p"], made("runpath")).problems).toStrictEqual([
    { binary: "/usr/bin/p", why: { problem: "library-missing", library: "libb.so", by: "/opt/p/liba.so" } },
  ]);
});

test("what has a RUNPATH itself finds nothing by the RPATHs above it", () => {
  const files = {
    "/usr/bin/p": { ...program("liba.so"), rpath: "/opt/p" },
    "/opt/p/liba.so": { needed: ["libb.so"], runpath: "/opt/none" },
    "/opt/p/libb.so": {},
  };
  expect(linesOf(solve(["/usr/bin/p"], debian({ files })))[0] ?? "").toMatch(/^needs libb\.so, as/);
});

test("a directory of which nobody knows what it means is not searched", () => {
  const files = {
    "/usr/bin/p": { ...program("liba.so"), runpath: "/opt/$PLATFORM:opt::/opt/$LIB" },
    "/opt/liba.so": {},
  };
  expect(linesOf(solve(["/usr/bin/p"], debian({ files })))[0] ?? "").toMatch(/^needs liba\.so, which is not on/);
  const known = { ...files, "/opt/lib/x86_64-linux-gnu/liba.so": {} };
  expect(copies(solve(["/usr/bin/p"], debian({ files: known }))).slice(0, 1)).toStrictEqual([
    "opt/lib/x86_64-linux-gnu/liba.so <- /opt/lib/x86_64-linux-gnu/liba.so",
  ]);
});

test("what a RUNPATH leads to comes before the cache, and the cache before where the loader itself looks", () => {
  const files = {
    "/usr/bin/p": { ...program("liba.so"), runpath: "/opt/none:/opt/p/" },
    "/opt/p/liba.so": { soname: "liba.so" },
    "/usr/local/lib/liba.so": { soname: "liba.so" },
    "/usr/lib/liba.so": { soname: "liba.so" },
  };
  const cache = { "liba.so": ["/usr/local/lib/liba.so"] };
  const sourceOf = (made: MadeHost) =>
    solve(["/usr/bin/p"], made).files.find(({ path }) => path.endsWith("liba.so"))?.source;
  expect(sourceOf(debian({ files, cache }))).toBe("/opt/p/liba.so");
  const { "/opt/p/liba.so": _, ...without } = files;
  expect(sourceOf(debian({ files: without, cache }))).toBe("/usr/local/lib/liba.so");
  expect(sourceOf(debian({ files: without }))).toBe("/usr/lib/liba.so");
});

test("files for another machine are passed over", () => {
  const found = solve(
    ["/usr/bin/p"],
    debian({
      files: {
        "/usr/bin/p": { ...program("liba.so"), runpath: "/opt/32:/opt/arm:/opt/64" },
        "/opt/32/liba.so": { bits: 32, machine: 3 },
        "/opt/arm/liba.so": { machine: 183 },
        "/opt/64/liba.so": { soname: "liba.so" },
      },
    }),
  );
  expect(copies(found)).toStrictEqual(["opt/64/liba.so <- /opt/64/liba.so", "usr/bin/p <- /usr/bin/p"]);
});

test("what the loader in a jail would not find goes beside it: there is no cache, and a program knows no $ORIGIN", () => {
  const found = solve(
    ["/opt/p/bin/p"],
    debian({
      files: {
        "/opt/p/bin/p": { ...program("liba.so", "libl.so"), runpath: `$\{ORIGIN}/../lib` },
        "/opt/p/lib/liba.so": { needed: ["libb.so"], runpath: "$ORIGIN/more:/opt/q" },
        "/opt/p/lib/more/libb.so": { needed: ["libc.so.6"] },
        "/usr/local/lib/libl.so": { needed: ["libq.so"], runpath: "/opt/q" },
        "/opt/q/libq.so": { needed: ["libr.so"], runpath: "$ORIGIN/r" },
        "/opt/q/r/libr.so": { soname: "libr.so" },
      },
      cache: { "libl.so": ["/usr/local/lib/libl.so"] },
    }),
  );
  expect(copies(found)).toStrictEqual([
    "opt/p/bin/p <- /opt/p/bin/p",
    "opt/q/libq.so <- /opt/q/libq.so",
    "opt/q/r/libr.so <- /opt/q/r/libr.so",
    "usr/lib/x86_64-linux-gnu/liba.so <- /opt/p/lib/liba.so",
    "usr/lib/x86_64-linux-gnu/libb.so <- /opt/p/lib/more/libb.so",
    "usr/lib/x86_64-linux-gnu/libl.so <- /usr/local/lib/libl.so",
  ]);
});

test("a library that goes beside the loader for one program does so for all, and takes with it what it finds by its own place", () => {
  const files = {
    "/usr/bin/p": { ...program("libq.so"), runpath: "/opt/q" },
    // In its memory libr.so is another one, so it says nothing of the place of this.
    "/usr/bin/q": { ...program("libr.so", "libq.so"), runpath: "/opt/own" },
    "/opt/own/libr.so": {},
    "/opt/q/libq.so": { needed: ["libr.so"], runpath: "$ORIGIN/r" },
    "/opt/q/r/libr.so": {},
  };
  const found = solve(["/usr/bin/p", "/usr/bin/q"], debian({ files, cache: { "libq.so": ["/opt/q/libq.so"] } }));
  expect(copies(found)).toStrictEqual([
    "opt/own/libr.so <- /opt/own/libr.so",
    "usr/bin/p <- /usr/bin/p",
    "usr/bin/q <- /usr/bin/q",
    "usr/lib/x86_64-linux-gnu/libq.so <- /opt/q/libq.so",
    "usr/lib/x86_64-linux-gnu/libr.so <- /opt/q/r/libr.so",
  ]);
});

test("two libraries that would have to be one file of the jail are a problem that names both", () => {
  const files = {
    "/opt/p/p": { ...program("liba.so"), runpath: "$ORIGIN" },
    "/opt/p/liba.so": { soname: "liba.so" },
    "/usr/bin/q": program("liba.so"),
    [lib("liba.so")]: { soname: "liba.so" },
  };
  expect(solve(["/usr/bin/q", "/opt/p/p"], debian({ files })).problems).toStrictEqual([
    {
      binary: "/opt/p/p",
      why: {
        problem: "place-taken",
        file: "/opt/p/liba.so",
        at: lib("liba.so"),
        rival: lib("liba.so"),
        neededBy: ["/usr/bin/q"],
      },
    },
  ]);
});

test("a library that is asked for by two names is a file by its own and a link by the other", () => {
  const found = solve(
    ["/usr/bin/p", "/usr/bin/q"],
    debian({
      files: {
        "/usr/bin/p": program("liba.so"),
        "/usr/bin/q": { ...program("liba.so.1"), runpath: "/opt/q" },
        [lib("liba.so.1.5")]: { soname: "liba.so.1" },
      },
      links: {
        [lib("liba.so")]: "liba.so.1",
        [lib("liba.so.1")]: "liba.so.1.5",
        "/opt/q/liba.so.1": `../..${lib("liba.so.1")}`,
      },
      cache: { "liba.so": [lib("liba.so")] },
    }),
  );
  expect(copies(found).slice(0, 1)).toStrictEqual(["opt/q/liba.so.1 <- /usr/lib/x86_64-linux-gnu/liba.so.1.5"]);
  expect(links(found)).toStrictEqual([
    "lib64 -> usr/lib64",
    "usr/lib/x86_64-linux-gnu/liba.so -> ../../../opt/q/liba.so.1",
  ]);
});

test("a needed path is followed through its links, and the jail gets them", () => {
  const found = solve(
    ["/usr/bin/p"],
    debian({
      files: { "/usr/bin/p": program("/opt/now/liba.so"), "/srv/v2/liba.so": { soname: "liba.so" } },
      links: { "/opt/now": "/opt/next", "/opt/next": "../srv/v2" },
    }),
  );
  expect(copies(found)).toStrictEqual(["srv/v2/liba.so <- /srv/v2/liba.so", "usr/bin/p <- /usr/bin/p"]);
  expect(links(found)).toStrictEqual(["lib64 -> usr/lib64", "opt/now -> ../srv/v2"]);
});

test("libraries that need each other end", () => {
  const files = {
    "/usr/bin/p": program("liba.so"),
    [lib("liba.so")]: { needed: ["libb.so"] },
    [lib("libb.so")]: { needed: ["liba.so", "libb.so"] },
  };
  const { files: found, problems } = solve(["/usr/bin/p"], debian({ files }));
  expect([found.length, problems]).toStrictEqual([4, []]);
});

test("an older C library gets what it opens to find names, and other services are told", () => {
  const found = solve(
    ["/usr/bin/p"],
    debian({
      files: {
        "/usr/bin/p": program("libc.so.6"),
        [lib("libc-2.31.so")]: { soname: "libc.so.6" },
        [lib("libnss_files.so.2")]: { needed: ["libc.so.6"] },
        [lib("libnss_dns.so.2")]: { needed: ["libresolv.so.2"] },
        [lib("libresolv.so.2")]: { needed: ["libc.so.6"] },
        [lib("libnss_sss.so.2")]: {},
        [lib("libgcc_s.so.1")]: {},
      },
      links: { [lib("libc.so.6")]: "libc-2.31.so" },
      services: ["files", "sss", "mymachines", "dns", "sss"],
    }),
  );
  const roles = found.files.filter(({ role }) => role === "nss").map(({ path }) => path);
  expect(roles).toStrictEqual(["libnss_dns.so.2", "libnss_files.so.2"].map((name) => lib(name).slice(1)));
  assert.ok(found.files.some(({ path, role }) => path.endsWith("/libresolv.so.2") && role === "library"));
  expect(found.hints).toStrictEqual([
    { problem: "unwinder-undeclared", library: "/lib/x86_64-linux-gnu/libgcc_s.so.1" },
    { problem: "name-service-undeclared", library: "/lib/x86_64-linux-gnu/libnss_sss.so.2", service: "sss" },
  ]);
});

test("a library that is declared itself is no hint", () => {
  const made = debian({
    files: {
      "/usr/bin/p": program("libc.so.6"),
      [lib("libc.so.6")]: { soname: "libc.so.6" },
      [lib("libgcc_s.so.1")]: { needed: ["libc.so.6"] },
    },
  });
  expect(solve(["/usr/bin/p"], made).hints.length).toBe(1);
  expect(solve(["/usr/bin/p", lib("libgcc_s.so.1")], made).hints).toStrictEqual([]);
});

test("musl looks where its file says, takes RUNPATHs for all below, and is its own C library", () => {
  const musl = "/lib/ld-musl-x86_64.so.1";
  const made: MadeHost = {
    files: {
      [musl]: { soname: "libc.musl-x86_64.so.1" },
      "/usr/bin/p": {
        interpreter: musl,
        needed: ["liba.so", "libc.musl-x86_64.so.1", "libpthread.so.0"],
        runpath: "/opt/p",
      },
      "/usr/lib/liba.so": { needed: ["libb.so", "libc.so"] },
      "/opt/p/libb.so": { needed: ["libx.so"] },
      "/srv/lib/libx.so": {},
    },
  };
  const paths = { "ld-musl-x86_64.path": ["/usr/lib", "/srv/lib"] };
  expect(solve(["/usr/bin/p"], { ...made, muslPaths: paths }).files.map(({ path }) => path)).toStrictEqual([
    "lib/ld-musl-x86_64.so.1",
    "opt/p/libb.so",
    "usr/bin/p",
    "usr/lib/liba.so",
    "usr/lib/libx.so",
  ]);
  expect(linesOf(solve(["/usr/bin/p"], made))).toStrictEqual([
    "needs libx.so, as /opt/p/libb.so does, which is not on this host",
  ]);
});

test("a script brings its interpreter, and env what it is to find", () => {
  const sh = { "/usr/bin/dash": program("libc.so.6"), "/usr/bin/env": program("libc.so.6") };
  const made = debian({
    files: { "/srv/a": "#! /bin/sh -e\n", "/srv/b": "#!/usr/bin/env dash\nexit", ...sh },
    links: { "/usr/bin/sh": "dash" },
  });
  const found = solve(["/srv/a", "/srv/b"], made);
  expect(
    found.files.filter(({ role }) => role === "binary").map(({ path, neededBy }) => [path, ...neededBy]),
  ).toStrictEqual([
    ["srv/a", "/srv/a"],
    ["srv/b", "/srv/b"],
    ["usr/bin/dash", "/srv/b"],
    ["usr/bin/env", "/srv/b"],
    ["usr/bin/sh", "/srv/a"],
  ]);
  expect(links(found)).toStrictEqual(["bin -> usr/bin", "lib64 -> usr/lib64"]);
});

test("scripts of scripts are followed as far as Linux does", () => {
  const scripts = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`/srv/${index}`, `#!/srv/${index + 1}\n`]));
  expect(solve(["/srv/0"], debian({ files: { ...scripts(5), "/srv/5": { type: 2 } } })).problems).toStrictEqual([]);
  const { problems } = solve(["/srv/0"], debian({ files: { ...scripts(6), "/srv/6": { type: 2 } } }));
  expect(linesOf({ problems })[0] ?? "").toMatch(/is a script of scripts/);
});

test("what cannot be had says why, for the binary that needs it", () => {
  const hot = { uid: 1000, mode: 0o755 };
  const cases: [Partial<MadeHost> & Pick<MadeHost, "files">, RegExp][] = [
    [{ files: {} }, /^does not exist on this host: install it there/],
    [{ files: { "/usr/bin/p": "text" } }, /^is no ELF file$/],
    [{ files: { "/usr/bin/p": program("libno.so.1") } }, /^needs libno\.so\.1, which is not on this host$/],
    [{ files: { "/usr/bin/p": { machine: 183, type: 2 } } }, /^is for another machine \(ELF number 183\).*x86_64$/],
    [
      { files: { "/usr/bin/p": { interpreter: "/lib/ld-x", needed: ["libc.so.6"] } } },
      /^needs its loader \/lib\/ld-x, which is not on/,
    ],
    [{ files: { "/usr/bin/p": { needed: ["libc.so.6"] } } }, /^is a library, and its loader is unknown/],
    [
      { files: { "/usr/bin/p": { ...program("libc.so.6"), audit: "x" } } },
      /^has the loader run a library of its choice/,
    ],
    [
      { files: { "/usr/bin/p": program("liba.so"), [lib("liba.so")]: { depaudit: "x" } } },
      /^needs liba\.so, but \/lib\/x86_64-linux-gnu\/liba\.so has the loader run/,
    ],
    [
      { files: { "/usr/bin/p": program("liba.so"), [lib("liba.so")]: "\x7fELF" } },
      /^needs liba\.so, but .* is a damaged ELF file/,
    ],
    [{ files: { "/usr/bin/p": program("lib/liba.so") } }, /^needs lib\/liba\.so, which is not on this host$/],
    [
      { files: { "/usr/bin/p": program() }, special: { "/usr/bin": hot } },
      /^is not safe: users other than root may write in \/usr\/bin$/,
    ],
    [
      { files: { "/usr/bin/p": program() }, special: { "/usr/bin/p": { uid: 0, mode: 0o775 } } },
      /may write to \/usr\/bin\/p$/,
    ],
    [
      {
        files: { "/usr/bin/p": { ...program("liba.so"), runpath: "/opt/p" }, "/opt/p/liba.so": {} },
        special: { "/opt/p": { uid: 0, mode: 0o1777 } },
      },
      /^needs liba\.so, but \/opt\/p\/liba\.so is not safe: users other than root may write in \/opt\/p$/,
    ],
    [
      {
        files: { "/opt/p": program("libc.so.6") },
        links: { "/usr/bin/p": "/hot/p", "/hot/p": "/opt/p" },
        special: { "/hot": hot },
      },
      /may write in \/hot$/,
    ],
    [
      { files: { "/usr/bin/p": "#!/usr/bin/env -S p\n" } },
      /^is a script that has env find its interpreter with options/,
    ],
    [{ files: { "/usr/bin/p": "#!sh\n" } }, /^is a script whose first line names no interpreter/],
    [{ files: { "/usr/bin/p": "#!/usr/bin/env nothing\n" } }, /^is a script for nothing, which is in none of/],
    [{ files: { "/usr/bin/p": "#!/usr/bin/none\n" } }, /^is a script for \/usr\/bin\/none, which does not exist/],
    [{ files: { "/usr/bin/p": "#!/usr/bin/p\n" } }, /is a script of scripts, more than Linux follows$/],
  ];
  for (const [made, why] of cases) {
    const { problems } = solve(
      ["/usr/bin/p"],
      debian({ ...made, files: { "/usr/bin/env": { type: 2 }, ...made.files } }),
    );
    expect(linesOf({ problems })[0] ?? "").toMatch(why);
    expect(problems.map(({ binary }) => binary)).toStrictEqual(["/usr/bin/p"]);
  }
  for (const path of ["usr/bin/p", "/", "/usr/../p", "/usr/bin/p/", "/new\nline", "/./p", ""])
    expect(linesOf(solve([path], debian({ files: {} })))[0] ?? "").toMatch(/^is not the absolute path of a file/);
});

test("a library that is declared is for the loader of a program that is declared with it", () => {
  const files = {
    "/usr/bin/p": program("libc.so.6"),
    [lib("security/pam_x.so")]: { needed: ["libpam.so.0"] },
    [lib("libpam.so.0")]: {},
  };
  const found = solve([lib("security/pam_x.so"), "/usr/bin/p"], debian({ files }));
  expect(found.problems).toStrictEqual([]);
  expect(copies(found).map((copy) => copy.split(" ")[0])).toStrictEqual([
    "usr/bin/p",
    lib("libpam.so.0").slice(1),
    lib("security/pam_x.so").slice(1),
  ]);
});
