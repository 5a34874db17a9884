import { expect, test } from "@jest/globals";
import { driftOf, drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

let host: LabHost;
useHost({ accounts: account }, (made) => {
  host = made;
});

const mounts = {
  "var/in": { type: "bind", source: "/srv/data", readOnly: false, reason: "uploads that others fetch" },
  run: { type: "tmpfs", size: "64k", owner: "www", group: "www", mode: "0750", reason: "a PID file" },
} as const;

test("a jail in memory is made again when systemd starts the host, but for its files", async () => {
  const jail = "/run/jails/a jail";
  const inMemory = () =>
    drive(
      siteOn(host, jail),
      {
        directories: { etc: "what it reads" },
        writable: { "var/run": "its PID file" },
        devices: { null: "what nobody reads" },
        mounts,
      },
      {},
      { conf: { path: "etc/conf", content: "conf" } },
    );
  const texts = () => driftOf(inMemory());
  const empty = "mount -t tmpfs -o mode=0755 tmpfs /run/jails";
  await host.must(`mkdir -p -m 0750 /run/systemd/system /run/jails /etc/tmpfiles.d /etc/systemd/system /srv/data; ${empty}
    chown www /srv/data`);
  await host.replace("/usr/bin/systemctl", () => "#!/bin/sh\n");
  expect(await inMemory().up()).toSucceed();
  expect(await texts()).toStrictEqual({});
  await host.must(`umount -l /run/jails; ${empty}`);
  const lost = [".", "dev", "dev/null", "etc", "etc/conf", "run", "var", "var/in", "var/run"];
  expect(Object.keys(await texts()).sort()).toStrictEqual(lost);
  // systemd mounts first, and makes the directories for that.
  await host.must(`cd /etc/systemd/system; for unit in run-jails*.mount; do
      of() { sed -n "s/^$1=//p" "$unit"; }
      mkdir -p "$(of Where)" && mount -t "$(of Type)" -o "$(of Options)" "$(of What)" "$(of Where)" || exit
    done; systemd-tmpfiles --create /etc/tmpfiles.d/*`);
  // A file's content may come from any caller.
  expect(await texts()).toStrictEqual({ "etc/conf": "absent => root:www 0640 file sha256:0c326c4f 4 bytes" });
  expect(await host.must(`stat -c '%U:%G %a' /srv/data '${jail}/run'`)).toBe("www:root 750\nwww:www 750\n");
  expect(await inMemory().up()).toSucceed();
  expect(await texts()).toStrictEqual({});
});
