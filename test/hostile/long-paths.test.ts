import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { differenceText } from "../../provider/render/text";
import { type Driven, drive, errorsOf } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { perl } from "../support/perl";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Goes down, making the directories, and leaves the daemon a setuid file at the end. */
const dig = `my ($top, $depth, $name) = @ARGV; chdir $top or die; $name = $name x 255 if $name eq "n";
  for (1..$depth) { mkdir $name, 0777 or die $!; chown 1033, 1033, $name; chdir $name or die $! }
  open F, ">", "prog" or die; close F; chown 1033, 1033, "prog"; chmod 04755, "prog" or die`;
/** The modes on the way, the deepest last, and the file's. */
const modes = `my ($top, $depth, $name) = @ARGV; chdir $top or die; $name = $name x 255 if $name eq "n"; my %seen;
  for (1..$depth) { my @s = lstat $name; $seen{sprintf "%d %o", $s[4], $s[2] & 07777}++; chdir $name or die $! }
  my @s = lstat "prog"; printf "%s; %d %o", join(",", sort keys %seen), $s[4], $s[2] & 07777`;

const ways = {
  "of more than 4,096 bytes": { depth: 20, name: "n", why: /its path has 5,1\d\d bytes, more than a command takes/ },
  "more than 1,000 directories deep": { depth: 1100, name: "deep", why: /5,5\d\d bytes, more than a command takes/ },
  "of few bytes, and very deep": { depth: 1100, name: "d", why: /it is more than 100 directories deep/ },
};

for (const flavour of ["gnu", "busybox"] as const)
  describe(`paths that no command takes, on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });

    for (const [index, [what, { depth, name, why }]] of Object.entries(ways).entries())
      test(`one ${what} is named, and keeps nothing else from being repaired`, async () => {
        const root = `/srv/jail${index}`;
        await host.must(`mkdir -p ${root}/etc ${root}/data/own; cd ${root}; : >etc/named.conf; chmod 0666 etc/named.conf
          chown root:www data; chmod 0770 data; : >data/own/prog; chmod 4755 data/own/prog; chown -R www data/own
          chmod 4755 data/own/prog`);
        const way = [host.path(`${root}/data/own`), String(depth), name] as const;
        perl(dig, ...way);
        const before = perl(modes, ...way);
        const program = (): Driven =>
          drive(siteOn(host, root), { writable: { data: "uploads" }, directories: { etc: "configuration" } });

        const [{ error, left = [] } = {}] = await program().up();
        assert.equal(error, undefined);
        assert.equal(await host.must(`cd ${root}; stat -c %a etc/named.conf data/own/prog`), "640\n755\n");
        // Opened again all the way, and the file is as it was: whoever could reach it by its name can do so still.
        assert.equal(perl(modes, ...way), before);
        assert.match(before, /; 1033 4755$/);
        const { observation } = await program().view();
        for (const difference of left) assert.match(differenceText(difference, observation).marks, why);
        assert.equal(left.length, flavour === "gnu" || name === "d" ? 1 : 0);

        // Once more: nothing but that is left to do.
        assert.deepEqual(errorsOf(await program().up()), []);
        const look = await program().look();
        assert.equal(look.host, undefined);
        assert.deepEqual(
          look.differences.map(({ path }) => path.endsWith("/prog")),
          left.map(() => true),
        );
      });
  });
