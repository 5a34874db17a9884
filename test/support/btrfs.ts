import { execFileSync } from "node:child_process";
import { rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "./sshd";

/** Mounts a new btrfs in a host. It goes with the host: the loop device lets go of its file when nothing is mounted any more. */
export async function mountBtrfs(host: LabHost, at: string): Promise<void> {
  const image = join(host.directory, "btrfs.img");
  writeFileSync(image, "");
  truncateSync(image, 128 * 1024 * 1024);
  execFileSync("mkfs.btrfs", ["-q", image], { stdio: ["ignore", "ignore", "pipe"] });
  const loop = execFileSync("losetup", ["--find", "--show", image], { encoding: "utf8" }).trim();
  try {
    const number = statSync(loop).rdev & 0xff;
    await host.must(`mkdir -p ${at}; mknod /dev/btrfs b 7 ${number}; mount -t btrfs /dev/btrfs ${at}`);
  } finally {
    execFileSync("losetup", ["--detach", loop]);
    rmSync(image);
  }
}

/** Makes subvolumes; the machine does, as a BusyBox host cannot. */
export function makeSubvolumes(host: LabHost, ...paths: readonly string[]): void {
  for (const path of paths) execFileSync("btrfs", ["subvolume", "create", host.path(path)], { stdio: "ignore" });
}
