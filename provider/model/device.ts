/** The device behind a node: the kernel's driver, and the number of its device (mknod(2)). */
export interface DeviceNumber {
  readonly type: DeviceType;
  readonly major: number;
  readonly minor: number;
}

export type DeviceType = "character device" | "block device";

/** Devices that give nothing away, by their names in `dev` (Linux, admin-guide/devices.txt). */
const harmless: ReadonlyMap<string, readonly [major: number, minor: number]> = new Map([
  ["null", [1, 3]],
  ["zero", [1, 5]],
  ["full", [1, 7]],
  ["random", [1, 8]],
  ["urandom", [1, 9]],
  ["tty", [5, 0]],
]);

export const harmlessNames = [...harmless.keys()];

/** The number of a harmless device, which is the same on every Linux; undefined for other names. */
export function harmlessDevice(name: string): DeviceNumber | undefined {
  const numbers = harmless.get(name);
  return numbers && { type: "character device", major: numbers[0], minor: numbers[1] };
}

/** The devices behind some drivers of character devices. A driver that is not listed counts as dangerous. */
const drivers: ReadonlyMap<number, string> = new Map([
  [1, "memory, ports and logs of the kernel"],
  [4, "consoles and serial lines"],
  [5, "consoles and terminals"],
  [7, "the text on consoles"],
  [9, "tapes"],
  [10, "kvm, tun, fuse and other drivers of the kernel (misc)"],
  [13, "keyboards and mice"],
  [21, "disks, by their SCSI commands"],
  [29, "the picture on screens"],
  [90, "flash memory, with the firmware on it (mtd)"],
  [108, "ppp, and with it the host's network"],
  [162, "disks, past the file systems on them (raw)"],
  [166, "serial lines"],
  [188, "serial lines"],
  [202, "registers of the processors"],
  [204, "serial lines"],
  [226, "graphics cards, which reach memory"],
  [229, "the console of a virtual machine (hvc)"],
  ...[136, 137, 138, 139, 140, 141, 142, 143].map((major): [number, string] => [
    major,
    "terminals of other users (pts)",
  ]),
]);

/** The danger of a device in a jail; undefined for the harmless ones, which have fixed numbers. */
export function dangerOf({ type, major, minor }: DeviceNumber): string | undefined {
  if (type === "block device") return "disks, with all that is on them";
  const isHarmless = [...harmless.values()].some(([one, other]) => one === major && other === minor);
  if (isHarmless) return undefined;
  return drivers.get(major) ?? `the host's driver ${major}, which is not known to be harmless`;
}

export function formatDevice({ major, minor }: Pick<DeviceNumber, "major" | "minor">): string {
  return `${major}:${minor}`;
}

export function isDeviceType(type: string): type is DeviceType {
  return type === "character device" || type === "block device";
}
