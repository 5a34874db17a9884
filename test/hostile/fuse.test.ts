import { writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { closeAll } from "../support/connections";
import { drive } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import { startHost } from "../support/sshd";

// A file system of the daemon that never answers and lets no other user in: mount(2) over /dev/fuse, without a reader.
const fuse = `my ($at) = @ARGV; open my $f, "+<", "/tmp/fuse" or die "open: $!";
  my $options = sprintf "fd=%d,rootmode=40000,user_id=1033,group_id=1033", fileno $f;
  my ($what, $type) = ("daemons", "fuse.daemons"); syscall(165, $what, $at, $type, 6, $options) == 0 or die "mount: $!";
  $| = 1; print "mounted\n"; sleep 600`;

test("a FUSE mount of the daemon, which answers nobody, does not keep the jail from being converged", async () => {
  const host = await startHost({ accounts: account });
  try {
    const root = "/srv/jail";
    await host.must(`mkdir -p ${root}/etc ${root}/data/own/mnt; cd ${root}; : >etc/named.conf; chmod 0666 etc/named.conf
      : >data/own/prog; chown -R www:www data; chmod 4755 data/own/prog; mknod /tmp/fuse c 10 229`);
    writeFileSync(host.path("/tmp/fuse.pl"), fuse);
    const child = host.spawn(["perl", "/tmp/fuse.pl", `${root}/data/own/mnt`]);
    await new Promise((resolve, reject) => {
      child.stdout?.once("data", resolve);
      child.stderr?.once("data", (data) => reject(new Error(String(data))));
    });
    expect(await drive(siteOn(host, root), { writable: { data: "uploads" } }).up()).toSucceed();
    expect(await host.must(`cd ${root}; stat -c %a etc/named.conf data/own/prog`)).toBe("640\n755\n");
    await host.kill(child);
  } finally {
    await closeAll();
    await host.close();
  }
});
