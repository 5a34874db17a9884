import { once } from "node:events";
import { expect, test } from "@jest/globals";
import { type Driven, drive } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { startPerl } from "../support/perl";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** The holder of a lease (fcntl(2)) can delay an open(2) of the file by 45 s. */
let host: LabHost;
useHost({ accounts: account }, (made) => {
  host = made;
});

const lease = `my ($path) = @ARGV; $SIG{IO} = "IGNORE"; open my $f, "+<", $path or die $!;
  fcntl($f, 1024, 1) or die "no lease: $!"; print "held\n"; sleep 600`;

test("files on which the daemon holds leases keep neither a preview nor a run waiting", async () => {
  const root = "/srv/jail";
  await host.must(`mkdir -p ${root}/etc ${root}/data; cd ${root}; echo '#!/bin/sh' >data/held; echo '#!/bin/sh' >etc/run
    chown -R www:www data; chmod 0755 data/held etc/run`);
  const program = (): Driven =>
    drive(
      siteOn(host, root, { perDialTimeout: 8 }),
      { writable: { data: "uploads" } },
      { held: { match: "data/held", owner: "root", group: "www", fileMode: "0640" } },
    );
  const holder = await startPerl(lease, host.path(`${root}/data/held`));
  try {
    // The preview reads a file that would lose its execute bits, because it may be a program.
    const look = await program().report();
    expect(look.host).toBe(undefined);
    expect(look.texts.get("etc/run")?.marks ?? "").toMatch(/takes execute from a program/);
    expect(await program().up()).toSucceed();
    expect(await host.must(`cd ${root}; stat -c '%U:%G %a' data/held`)).toBe("root:www 640\n");
  } finally {
    holder.kill("SIGKILL");
    await once(holder, "exit");
  }
});
