/** What a device node leads to: the kernel's driver, and which of its devices (mknod(2)). */
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

/** The device that a name stands for wherever Linux runs; undefined where it is none of the harmless ones. */
export function harmlessDevice(name: string): DeviceNumber | undefined {
  const numbers = harmless.get(name);
  return numbers && { type: "character device", major: numbers[0], minor: numbers[1] };
}

/** Character devices with which a process leaves any jail, or reads what is not its own, by their drivers. */
const dangerousMajors: ReadonlyMap<number, string> = new Map([
  [1, "memory, ports and logs of the kernel"],
  [4, "consoles and serial lines"],
  [5, "consoles"],
  [7, "what is on consoles"],
  [9, "tapes"],
  [10, "kvm, tun, fuse and other drivers of the kernel (misc)"],
  [13, "keyboards and mice"],
  [21, "disks, by their SCSI commands"],
  [29, "what is on screens"],
  [108, "ppp, and with it the host's network"],
  [202, "registers of the processors"],
]);

/** What a device would give to who is in the jail, where that is more than itself; undefined where nobody knows of any. */
export function dangerOf({ type, major, minor }: DeviceNumber): string | undefined {
  if (type === "block device") return "disks, with all that is on them";
  const isHarmless = [...harmless.values()].some(([one, other]) => one === major && other === minor);
  return isHarmless ? undefined : dangerousMajors.get(major);
}

export function formatDevice({ major, minor }: Pick<DeviceNumber, "major" | "minor">): string {
  return `${major}:${minor}`;
}

export function isDeviceType(type: string): type is DeviceType {
  return type === "character device" || type === "block device";
}
