import { beforeAll, describe, expect, test } from "@jest/globals";
import { fromWire, show } from "../../../provider/model/bytes";
import { type Driven, driftOf, drive, errorsOf } from "../../support/driven";
import { pathsOf, uncheckedIn } from "../../support/findings";
import { siteOn } from "../../support/jail-site";
import { perl } from "../../support/perl";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

/**
 * The table of docs/adr/0021-aspects.md, one case per cell: a change of an entry that was as declared, and how the preview shows it.
 * `drift` is compared, and up repairs it; `finding` is told and no drift; a cell with neither is not compared, for a reason.
 */
interface Cell {
  readonly of: string;
  readonly at: string;
  /** Shell in the jail's root, with the path as $1; PERL is a script below. */
  readonly tamper: string;
  /** `live => declared`. */
  readonly drift?: string;
  readonly finding?: true;
  /** Needs tools that the BusyBox host does not have. */
  readonly gnuOnly?: true;
}

const file = (aspect: string, tamper: string, drift?: string): Cell => ({
  of: `file: ${aspect}`,
  at: `etc/file-${aspect.replace(/\W+/g, "-")}`,
  tamper,
  ...(drift === undefined ? {} : { drift: `${drift} => root:www 0640` }),
});
const directory = (aspect: string, tamper: string, drift: string): Cell => ({
  of: `directory: ${aspect}`,
  at: `etc/directory-${aspect.replace(/\W+/g, "-")}`,
  tamper: `rm "$1"; mkdir -m 0750 "$1"; chgrp www "$1"; ${tamper}`,
  drift: `${drift} => root:www 0750`,
});
const device = (aspect: string, name: string, tamper: string, drift: string): Cell => ({
  of: `device: ${aspect}`,
  at: `dev/${name}`,
  tamper,
  drift: `${drift} => root:root 0666`,
});
const channel = (type: "FIFO" | "socket", whose: string, tamper: string, finding?: true): Cell => ({
  of: `${type} ${whose}`,
  at: `run/${type}-${whose.replace(/\W+/g, "-")}`,
  tamper: `${type === "FIFO" ? 'rm "$1"; mkfifo "$1"' : "PERL socket"}; ${tamper}`,
  ...(finding ? { finding } : {}),
});
const onGnu = (cell: Cell, more = ""): Cell => ({
  ...cell,
  gnuOnly: true,
  ...(cell.drift === undefined ? {} : { drift: cell.drift + more }),
});

const cells: readonly Cell[] = [
  file("owner", 'chown www "$1"', "www:www 0640"),
  file("group", 'chgrp 0 "$1"', "root:root 0640"),
  file("mode", 'chmod 0666 "$1"', "root:www 0666"),
  file("special bits", 'chmod 6640 "$1"', "root:www 6640"),
  onGnu(file("ACL", 'setfacl -m u:1033:r "$1"', "root:www 0640 acl:user:www:r--"), " no acl"),
  onGnu(file("capabilities", "setcap 'cap_setuid=ep 63+ep' \"$1\"", "root:www 0640 caps:cap_setuid,63=ep"), " no caps"),
  {
    of: "file: declared content",
    at: "etc/file",
    tamper: 'echo other >"$1"',
    drift: "6 bytes => sha256:b9e68e1b 5 bytes",
  },
  file("content that nobody declares", 'echo other >"$1"'),
  file("times", 'touch -t 200001010000 "$1"'),
  file("second name in the jail", 'ln "$1" etc/other-name'),
  file("user attribute", "PERL setxattr user.x"),
  file("trusted attribute", "PERL setxattr trusted.x"),
  file("security attribute", "PERL setxattr security.x"),
  onGnu(file("immutable, as declared", 'chattr +i "$1"')),
  directory("owner", 'chown www "$1"', "www:www 0750"),
  directory("group", 'chgrp 0 "$1"', "root:root 0750"),
  directory("mode", 'chmod 0777 "$1"', "root:www 0777"),
  directory("special bits", 'chmod 3750 "$1"', "root:www 3750"),
  onGnu(directory("ACL", 'setfacl -m u:1033:rx "$1"', "root:www 0750 acl:user:www:r-x"), " no acl"),
  onGnu(directory("default ACL", 'setfacl -dm u:1033:rwx "$1"', "root:www 0750 acl:default:user:www:rwx"), " no acl"),
  { of: "link: declared target", at: "etc/link", tamper: 'ln -sfn /tmp "$1"', drift: "-> /tmp => -> conf" },
  { of: "link: owner", at: "etc/own-link", tamper: 'chown -h www "$1"' },
  { of: "link: target that nobody declares", at: "etc/other-link", tamper: 'ln -sfn /tmp "$1"' },
  device("owner", "null", 'chown www "$1"', "www:root 0666"),
  device("group", "zero", 'chgrp www "$1"', "root:www 0666"),
  device("mode", "full", 'chmod 0600 "$1"', "root:root 0600"),
  device("special bits", "tty", 'chmod 4666 "$1"', "root:root 4666"),
  onGnu(device("ACL", "random", 'setfacl -m u:1033:rw "$1"', "root:root 0666 acl:user:www:rw-"), " no acl"),
  {
    ...device("number", "urandom", 'rm "$1"; mknod -m 0666 "$1" c 1 1', "root:root 0666 character device 1:1"),
    drift: "root:root 0666 character device 1:1 => root:root 0666 character device 1:9",
  },
  {
    of: "device: nobody declares it",
    at: "etc/sda",
    tamper: 'rm "$1"; mknod "$1" b 8 0',
    drift: "block device 8:0 => absent",
  },
  channel("FIFO", "of root's, that others may use", 'chmod 0602 "$1"', true),
  channel("FIFO", "of root's, that a group reads", 'chmod 0640 "$1"; chgrp www "$1"', true),
  channel("FIFO", "of root's alone", 'chmod 0660 "$1"; chgrp 0 "$1"'),
  onGnu(channel("FIFO", "of root's, with an ACL", 'chmod 0600 "$1"; setfacl -m u:1033:rw "$1"', true)),
  channel("FIFO", "of the daemon's", 'chmod 0777 "$1"; chown www "$1"'),
  { of: "FIFO where the daemon writes", at: "data/fifo", tamper: 'mkfifo -m 0666 "$1"' },
  channel("socket", "of root's, that others may use", 'chmod 0777 "$1"', true),
  channel("socket", "of root's, that a group may use", 'chmod 0660 "$1"; chgrp www "$1"', true),
  channel("socket", "of root's, that others only read", 'chmod 0644 "$1"'),
  onGnu(channel("socket", "of root's, with an ACL", 'chmod 0600 "$1"; setfacl -m u:1033:rw "$1"', true)),
  channel("socket", "of the daemon's", 'chmod 0777 "$1"; chown www "$1"'),
];

/** Shell cannot do this work, so the machine's Perl does it. */
const scripts: Readonly<Record<string, string>> = {
  setxattr: `my ($n, $v) = ($ARGV[1], "x"); syscall(188, $ARGV[0], $n, $v, 1, 0) == 0 or die $!`,
  socket: `use Socket; unlink $ARGV[0]; socket(S,AF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un($ARGV[0])) or die $!`,
};

for (const flavour of ["gnu", "busybox"] as const)
  describe(`aspects of what is in a jail, on a ${flavour} host`, () => {
    const root = "/srv/jail";
    const own = cells.filter(({ gnuOnly }) => !gnuOnly || flavour === "gnu");
    let host: LabHost;
    let found: { drift: Record<string, string>; channels: string[]; unchecked: number };
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const program = (): Driven =>
      drive(
        siteOn(host, root),
        {
          devices: Object.fromEntries(
            ["null", "zero", "full", "tty", "random", "urandom"].map((name) => [name, "a test"]),
          ),
          directories: { run: "sockets" },
          writable: { data: "uploads" },
        },
        {},
        {
          file: { path: "etc/file", content: "text\n" } as never,
          link: { path: "etc/link", symlinkTo: "conf" } as never,
          other: { path: "etc/own-link", symlinkTo: "conf" } as never,
        },
      );
    const tamper = async ({ at, tamper: steps }: Cell) => {
      for (const step of steps.split("; ")) {
        const [, script = "", ...args] = /^PERL (\S+) ?(.*)$/.exec(step) ?? [];
        if (script === "") await host.must(`cd ${root}; set -- '${at}'; ${step}`);
        else perl(scripts[script] ?? "", host.path(`${root}/${at}`), ...args);
      }
    };
    const see = async () => {
      const { plan } = await program().assess();
      const channels = pathsOf(plan, "open-channel").map((path) => show(fromWire(path)));
      return { drift: await driftOf(program()), channels, unchecked: uncheckedIn(plan).length };
    };

    beforeAll(async () => {
      const files = own.filter(({ at }) => /^(etc|run)\//.test(at)).map(({ at }) => `'${at}'`);
      await host.must(`mkdir -p ${root}/etc ${root}/run; cd ${root}; touch ${files.join(" ")}; rm etc/*link`);
      expect(await program().up()).toSucceed();
      for (const cell of own) await tamper(cell);
      found = await see();
    });

    for (const { of, at, drift, finding } of own)
      test(of, () => {
        expect(found.drift[at]).toBe(drift);
        expect(found.channels.includes(at)).toBe(finding === true);
      });

    test("nothing else is told, and up repairs what differs", async () => {
      const differing = own.filter(({ drift }) => drift !== undefined).map(({ at }) => at);
      expect(Object.keys(found.drift).sort()).toStrictEqual(differing.sort());
      expect(found.unchecked).toBe(0);
      expect(await program().up()).toSucceed();
      const after = await see();
      expect(after.drift).toStrictEqual({});
      expect(after.channels.sort()).toStrictEqual(
        own
          .filter((one) => one.finding)
          .map(({ at }) => at)
          .sort(),
      );
      if (flavour === "gnu") await host.must(`chattr -i ${root}/etc/file-immutable-as-declared`);
    });

    if (flavour === "gnu")
      for (const [letter, word] of [
        ["i", "immutable"],
        ["a", "append-only"],
      ] as const)
        test(`a flag that keeps a repair from being done is told: ${word}`, async () => {
          await host.must(`cd ${root}; : >etc/conf; chattr +${letter} etc/conf`);
          try {
            const [{ blocked } = {}] = (await program().report()).differences;
            expect(blocked).toStrictEqual({ problem: "flag", flag: word });
            const [error = ""] = errorsOf(await program().up());
            expect(error).toMatch(new RegExp(`not repaired: it is ${word}[\\s\\S]*take the flag away`));
          } finally {
            await host.must(`cd ${root}; chattr -${letter} etc/conf`);
          }
          // A file can be put in place only if its directory can change.
          await host.must(`cd ${root}; echo other >etc/file; chattr +${letter} etc`);
          const differences = (await program().report("file")).differences;
          await host.must(`cd ${root}; chattr -${letter} etc`);
          expect(differences[0]?.blocked).toStrictEqual({ problem: "flag", flag: word });
          expect(await program().up()).toSucceed();
          await host.must(`rm ${root}/etc/conf`);
        });
  });
