import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { closureOf, emptyHost } from "../../../provider/agent/requests/elf";
import { addElfReply } from "../../../provider/agent/requests/elf-replies";
import type { Bytes } from "../../../provider/model/bytes";
import { readElf } from "../../../provider/observe/elf/read-elf";
import type { Closure } from "../../../provider/observe/elf/result";
import { programText } from "../../../provider/render/text/findings/programs";
import { withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import { type Made, madeElf } from "../../support/made-elf";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

/** The closure that the provider finds on a host, and the number of answers that it waited for. */
async function look(host: LabHost, binaries: readonly string[]): Promise<Closure & { rounds: number }> {
  const site = siteOn(host, "/srv/jail");
  let rounds = 0;
  const found = await withAgent(site, (agent) => {
    let waiting = 0;
    const request = agent.request.bind(agent);
    agent.request = async (line, data) => {
      if (waiting++ === 0) rounds++;
      return request(line, data).finally(() => waiting--);
    };
    return closureOf(agent, binaries);
  });
  return { ...found, rounds };
}

/** Puts a file on a host, with root's 0755 for it and for the directories that it needs. */
function put(host: LabHost, path: string, content: Made | string): void {
  const file = host.path(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : madeElf(content), "latin1");
  chmodSync(file, 0o755);
}

const copies = ({ files }: Closure) => files.map(({ path, source, role }) => `${role} ${path} <- ${source}`);
const links = (found: Closure) => found.links.map(({ path, target }) => `${path} -> ${target}`);

const loader = "/lib64/ld-linux-x86-64.so.2";

function startsAs(path: string, bytes: string): boolean {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(bytes.length);
    readSync(file, start, 0, bytes.length, 0);
    return start.toString("latin1") === bytes;
  } finally {
    closeSync(file);
  }
}

/** This machine's own programs: the lab's GNU hosts have the same. */
function machinePrograms(): string[] {
  const names = ["/usr/bin", "/usr/sbin"].flatMap((directory) =>
    readdirSync(directory).map((name) => join(directory, name)),
  );
  return names
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && startsAs(path, "\x7fELF\x02\x01"))
    .sort();
}

/**
 * The libraries that the real loader lists, or undefined if it refuses the file. Only for root's own programs: the loader
 * may run code that they name.
 */
function listed(path: string): string[] | undefined {
  expect(statSync(path).uid).toBe(0);
  const { status, stdout } = spawnSync(loader, ["--list", path], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const found = [...stdout.matchAll(/^\t(?:\S+ => )?(\/\S+) \(0x/gm)].map(([, library = ""]) => realpathSync(library));
  return [...new Set(found)].sort();
}

/** Some of this machine's programs, or all with ELF_ALL=1. */
function sampled(size: number): string[] {
  const all = machinePrograms();
  const every = process.env["ELF_ALL"] ? 1 : Math.ceil(all.length / size);
  return all.filter((_, index) => index % every === 0);
}

/** The libraries that a program was found to need, as the real files of the host. */
function librariesOf({ files }: Closure, binary: string): string[] {
  const needed = files.filter(({ role, neededBy }) => role === "library" && neededBy.includes(binary));
  return [...new Set<string>(needed.map(({ source }) => source))].sort();
}

/** Makes a jail with the found files only. */
async function fill(host: LabHost, root: string, found: Closure): Promise<void> {
  const run = async (script: string, ...words: string[]) => {
    const { code, stderr } = await host.run(["sh", "-c", script, ...words]);
    assert.equal(code, 0, stderr);
  };
  for (const { path, source } of found.files)
    await run('mkdir -p "$2" && cp "$0" "$1"', source, `${root}/${path}`, dirname(`${root}/${path}`));
  for (const { path, target } of found.links)
    await run('mkdir -p "$2" && ln -s "$0" "$1"', target, `${root}/${path}`, dirname(`${root}/${path}`));
}

/** Builds something from C on this machine, in a directory of the host. */
function build(host: LabHost, directory: string, text: string, ...options: string[]): void {
  const cwd = host.path(directory);
  mkdirSync(cwd, { recursive: true });
  const { status, stderr, error } = spawnSync("cc", ["-x", "c", "-", "-x", "none", ...options], { cwd, input: text });
  assert.equal(status, 0, `needs a C compiler: ${error?.message ?? String(stderr)}`);
}

describe("on a GNU host", () => {
  let host: LabHost;
  useHost({}, (made) => {
    host = made;
  });

  test("programs need what the real loader loads", async () => {
    const sample = sampled(60);
    const found = await look(host, sample);
    expect(found.problems).toStrictEqual([]);
    let compared = 0;
    for (const path of sample) {
      const real = listed(realpathSync(path))?.filter((library) => library !== realpathSync(loader));
      assert.deepEqual(librariesOf(found, path), real ?? [], path);
      if (real) compared++;
    }
    assert.ok(compared >= 40, `${compared} were compared`);
    process.stdout.write(`# ${compared} programs need what the real loader loads, ${found.rounds} round trips\n`);
  });

  test("programs run in a jail that has what was found and nothing more", async () => {
    const found = await look(host, ["/bin/ls", "/usr/bin/perl", "/usr/bin/ldd", "/usr/bin/getent"]);
    expect(found.problems).toStrictEqual([]);
    await fill(host, "/srv/made", found);
    expect(await host.must("chroot /srv/made /bin/ls /")).toBe("bin\nlib64\nusr\n");
    expect(await host.must("chroot /srv/made /usr/bin/perl -v")).toMatch(/This is perl/);
    expect(await host.must("chroot /srv/made /usr/bin/ldd --version")).toMatch(/^ldd /);
    await host.must("mkdir /srv/made/etc && cp /etc/passwd /srv/made/etc");
    expect(await host.must("chroot /srv/made /usr/bin/getent passwd root")).toMatch(/^root:x:0:0:/);
  });

  test("a program that finds libraries by $ORIGIN runs in a jail without /proc", async () => {
    build(host, "/opt/app/lib", "int inner(void) { return 42; }", "-shared", "-o", "libinner.so");
    const ours = ["-L.", "-Wl,-rpath,$ORIGIN"];
    build(
      host,
      "/opt/app/lib",
      "int inner(void); int outer(void) { return inner(); }",
      "-shared",
      "-o",
      "libouter.so",
      ...ours,
      "-linner",
    );
    const program = "int outer(void); int main(void) { return outer(); }";
    build(
      host,
      "/opt/app/bin",
      program,
      "-o",
      "app",
      "-L../lib",
      "-louter",
      "-Wl,-rpath,$ORIGIN/../lib",
      "-Wl,-rpath-link,../lib",
    );
    const found = await look(host, ["/opt/app/bin/app"]);
    expect(found.problems).toStrictEqual([]);
    await fill(host, "/srv/origin", found);
    expect((await host.sh("chroot /srv/origin /opt/app/bin/app")).code).toBe(42);
  });

  test("nothing that is looked at is run, as ldd would run it", async () => {
    const audit = `#include <fcntl.h>
      __attribute__((constructor)) static void ran(void) { open("/srv/ran", O_CREAT | O_WRONLY, 0600); }
      unsigned la_version(unsigned version) { return version; }`;
    build(host, "/opt/audit", audit, "-shared", "-fPIC", "-o", "audit.so");
    build(host, "/opt/audit", "int main(void) { return 0; }", "-o", "app", "-Wl,--audit=/opt/audit/audit.so");
    const { problems } = await look(host, ["/opt/audit/app"]);
    expect(problems.map(({ why }) => why)).toStrictEqual([{ problem: "audited" }]);
    expect(existsSync(host.path("/srv/ran"))).toBe(false);
    await host.must("ldd /opt/audit/app");
    assert.equal(existsSync(host.path("/srv/ran")), true, "the library would have told");
  });

  test("a file that cannot be read in time is an error that names it, never a smaller jail", async () => {
    await host.replace("/usr/bin/timeout", (own) => `#!/bin/sh\nshift\nexec ${own} 1 "$@"\n`);
    await host.replace(
      "/usr/bin/od",
      (own) => `#!/bin/sh\ncase $* in *-j\\ 0*) ;; *) sleep 3 ;; esac\nexec ${own} "$@"\n`,
    );
    await expect(look(host, ["/usr/bin/ls"])).rejects.toThrow(/did not report \/usr\/bin\/ls in time/);
    await host.restore("/usr/bin/timeout");
    await host.restore("/usr/bin/od");
  });

  test("a level is one round trip, and a file takes few commands", async () => {
    const count = "/srv/commands";
    const counted = ["od", "readlink", "stat"].map((name) => `/usr/bin/${name}`);
    for (const path of counted)
      await host.replace(path, (own) => `#!/bin/sh\necho ${basename(path)} >>${count}\nexec ${own} "$@"\n`);
    // Its libraries need others, three levels down.
    const { files, rounds } = await look(host, ["/usr/bin/ls"]);
    for (const path of counted) await host.restore(path);
    const commands = (await host.must(`cat ${count}`)).trim().split("\n");
    const of = (name: string) => commands.filter((command) => command === name).length;
    assert.equal(rounds, 3, "the program; its libraries; what those need");
    expect(of("stat")).toBe(rounds);
    assert.ok(of("od") <= 4 * files.length, `${of("od")} times od for ${files.length} files`);
    assert.ok(of("readlink") <= 2 * files.length, `${of("readlink")} times readlink`);
  });
});

for (const flavour of ["gnu", "busybox"] as const)
  describe(`made files on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour }, (made) => {
      host = made;
    });

    const why = async (path: string) => {
      const { problems } = await look(host, [path]);
      assert.ok(problems.every(({ binary }) => binary === path));
      return problems.map((problem) => programText(problem.why)).join("; ");
    };

    test("real programs need what the real loader loads, wherever they are", async () => {
      const sample = sampled(60)
        .filter((path) => listed(path))
        .slice(0, 20);
      mkdirSync(host.path("/opt/some"));
      for (const path of sample) cpSync(realpathSync(path), host.path(`/opt/some/${basename(path)}`));
      const found = await look(
        host,
        sample.map((path) => `/opt/some/${basename(path)}`),
      );
      expect(found.problems).toStrictEqual([]);
      for (const path of sample)
        assert.deepEqual(
          librariesOf(found, `/opt/some/${basename(path)}`),
          listed(path)?.filter((library) => library !== realpathSync(loader)),
          path,
        );
    });

    test("programs of 32 and 64 bits, static ones and scripts, under every name", async () => {
      put(host, "/opt/o/lib/ld-made.so.2", {});
      const shared = {
        interpreter: "/opt/o/lib/ld-made.so.2",
        needed: ["lib a.so"],
        runpath: "/opt/o/$LIB:/opt/o/lib",
      };
      put(host, '/opt/o/it\'s [a] \\ "b"*', shared);
      put(host, "/opt/o/lib/lib a.so", { runpath: "/" });
      put(host, "/opt/32/ld-made.so.2", { bits: 32, machine: 3 });
      put(host, "/opt/32/p", { bits: 32, machine: 3, interpreter: "/opt/32/ld-made.so.2", needed: ["libb.so"] });
      put(host, "/opt/32/libb.so", { bits: 32, machine: 3 });
      put(host, "/opt/o/static", { type: 2 });
      put(host, "/opt/o/caf\u00e9", "#! /opt/o/static -x\n");
      const found = await look(host, ['/opt/o/it\'s [a] \\ "b"*', "/opt/32/p", "/opt/o/caf\u00e9"]);
      expect(found.problems).toStrictEqual([]);
      expect(copies(found)).toStrictEqual([
        "loader opt/32/ld-made.so.2 <- /opt/32/ld-made.so.2",
        "library opt/32/libb.so <- /opt/32/libb.so",
        "binary opt/32/p <- /opt/32/p",
        "binary opt/o/caf\xc3\xa9 <- /opt/o/caf\xc3\xa9",
        'binary opt/o/it\'s [a] \\ "b"* <- /opt/o/it\'s [a] \\ "b"*',
        "loader opt/o/lib/ld-made.so.2 <- /opt/o/lib/ld-made.so.2",
        "library opt/o/lib/lib a.so <- /opt/o/lib/lib a.so",
        "binary opt/o/static <- /opt/o/static",
      ]);
      expect(links(found)).toStrictEqual([]);
    });

    test("strings far from each other, and headers at the end, are found", async () => {
      const needed = Array.from({ length: 40 }, (_, index) => `lib${"x".repeat(1000)}${index}.so`);
      put(host, "/opt/far/ld-made.so.2", {});
      put(host, "/opt/far/p", { interpreter: "/opt/far/ld-made.so.2", needed });
      expect(await why("/opt/far/p")).toMatch(
        /^needs libx{1000}0\.so, which is not on this host; .*lib(x{1000})39\.so/s,
      );
      const file = madeElf({ interpreter: "/opt/far/none", needed: ["libc.so.6"] });
      const moved = Buffer.concat([file, Buffer.alloc(8192), file.subarray(64, 64 + 3 * 56)]);
      moved.writeBigUInt64LE(BigInt(file.length + 8192), 32);
      put(host, "/opt/far/moved", moved.toString("latin1"));
      expect(await why("/opt/far/moved")).toBe("needs its loader /opt/far/none, which is not on this host");
    });

    test("what cannot be had says why", async () => {
      put(host, "/opt/x/ld.so", {});
      const program = { interpreter: "/opt/x/ld.so", needed: ["liby.so"], runpath: "/opt/x/lib" };
      put(host, "/opt/x/p", program);
      expect(await why("/opt/x/p")).toBe("needs liby.so, which is not on this host");
      put(host, "/opt/x/lib/liby.so", { needed: ["libz.so"], runpath: "/opt/x/open" });
      put(host, "/opt/x/open/libz.so", {});
      expect(await why("/opt/x/p")).toBe("");
      chmodSync(host.path("/opt/x/open"), 0o777);
      const open = "needs libz.so, but /opt/x/open/libz.so is not safe: users other than root may write in /opt/x/open";
      expect(await why("/opt/x/p")).toBe(open);
      put(host, "/opt/x/lib/liby.so", { depaudit: "libevil.so" });
      expect(await why("/opt/x/p")).toMatch(/^needs liby\.so, but .*DT_AUDIT/);
      put(host, "/opt/x/lib/liby.so", madeElf({ soname: "liby.so" }).toString("latin1").slice(0, 200));
      expect(await why("/opt/x/p")).toMatch(/^needs liby\.so, but \/opt\/x\/lib\/liby\.so is a damaged ELF file/);
      put(host, "/opt/x/arm", { machine: 183, type: 2 });
      expect(await why("/opt/x/arm")).toMatch(/^is for another machine \(ELF number 183\)/);
      put(host, "/opt/x/big", "\x7fELF\x02\x02\x01".padEnd(64, "\0"));
      expect(await why("/opt/x/big")).toMatch(/^is a big-endian program/);
      put(host, "/opt/x/short", "\x7fELF\x02\x01\x01");
      expect(await why("/opt/x/short")).toMatch(/^is a damaged ELF file/);
      put(host, "/opt/x/data", "data");
      expect(await why("/opt/x/data")).toMatch(/^is no program/);
      expect(await why("/opt/x")).toMatch(/^is a directory, no program$/);
      await host.must("mkfifo /opt/x/fifo; ln -s loop /opt/x/loop; ln -s x-gone /opt/x/gone; : >/opt/x/empty");
      expect(await why("/opt/x/fifo")).toMatch(/^is a fifo, no program$/);
      expect(await why("/opt/x/empty")).toMatch(/^is no program/);
      for (const path of ["loop", "gone", "p/q", "none/p"])
        expect(await why(`/opt/x/${path}`)).toBe("does not exist on this host: install it there, or correct the path");
    });

    test("of damaged files the host sends what the whole file says, or they are refused, and the agent goes on", async () => {
      const small = madeElf({ interpreter: loader, needed: ["liba.so", "libb.so"], runpath: "$ORIGIN", soname: "p" });
      const sources = [
        small,
        madeElf({ bits: 32, machine: 3, needed: ["liba.so"] }),
        readFileSync(realpathSync("/bin/sh")),
      ];
      const damage = fc.tuple(
        fc.constantFrom(...sources),
        fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 4 }),
        fc.nat(2000),
      );
      const files = fc
        .sample(damage, { numRuns: Number(process.env["ELF_FUZZ"] ?? 150), seed: 7 })
        .map(([whole, flips, cut]) => {
          const copy = Buffer.from(cut < whole.length && cut % 3 === 0 ? whole.subarray(0, cut) : whole);
          for (const [at, value] of flips) if (at < copy.length) copy[at] = value;
          return copy;
        });
      const paths = files.map((_, index) => `/opt/fuzz/${index}` as Bytes);
      paths.forEach((path, index) => {
        put(host, path, files[index]?.toString("latin1") ?? "");
      });
      const list = Buffer.from(paths.map((path) => `${path}\0`).join(""));
      const seen = await withAgent(siteOn(host, "/srv/jail"), async (agent) => {
        const reply = await agent.request(`elves ${list.length}`, list);
        assert.equal((await agent.request("records")).status, 0, "the agent goes on");
        return addElfReply(reply, emptyHost).files;
      });
      let same = 0;
      for (const [index, path] of paths.entries()) {
        const file = seen.get(path);
        assert.ok(file !== undefined && file !== "absent", path);
        const whole = readElf([{ at: 0, bytes: (files[index]?.toString("latin1") ?? "") as Bytes }]);
        if ("problem" in file.content) continue;
        assert.deepEqual(file.content, whole, path);
        same++;
      }
      assert.ok(same > paths.length / 4, `${same} of ${paths.length} can be read`);
    });
  });
