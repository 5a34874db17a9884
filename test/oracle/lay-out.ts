import type { LabHost } from "../support/sshd";
import { type OracleProgram, root } from "./program";

/** Copies the files of the host that tamperings change. Also makes the directory that shows a running systemd. */
export async function prepareHost(host: LabHost, flavour: "gnu" | "busybox"): Promise<void> {
  await host.must(`mkdir -p /tmp/kept; mkdir -p /var/oracle; echo "# mine" >/etc/fstab
    for one in services passwd group fstab; do cp -a /etc/$one /tmp/kept 2>/dev/null; done
    mkdir -p /etc/systemd/system/multi-user.target.wants
    [ ! -d /usr/lib/systemd/system ] || mount -t tmpfs tmpfs /usr/lib/systemd/system`);
  if (flavour === "busybox") return;
  await host.must("mkdir -p /run/systemd/system");
  await host.replace("/usr/bin/systemctl", () => "#!/bin/sh\n");
}

/** Makes the program's jail on a host as it was before the first `up`, and takes every earlier one away. */
export async function layOut(host: LabHost, { directories, plainFiles, isOnBtrfs }: OracleProgram): Promise<void> {
  await host.must(
    `while umount ${root} 2>/dev/null; do :; done
       for at in $(awk '$4 ~ "/newer$" || $5 ~ "^${root}/" { print $5 }' /proc/self/mountinfo | sort -r); do umount -l "$at"; done
       rm -rf ${root} /var/lib/pulumi-chroot /srv/outside /etc/oracle-link* /etc/jails /etc/systemd/system/*oracle* /etc/systemd/system/*/*oracle* /tmp/w
       ! mountpoint -q /srv || { rm -rf ${root}; umount /srv; }; ${isOnBtrfs ? "mount --bind /btrfs/srv /srv" : ":"}
       mkdir -p /etc/jails ${root}; cp -a /tmp/kept/* /etc/; cd ${root}
       for one in ${directories.join(" ")}; do mkdir -p $one; done
       for one in ${plainFiles.join(" ")} -; do [ "$one" = - ] || echo "plain $one" >$one; done`,
  );
}
