import { z } from "zod";
import type { Claim } from "../../intent/claim";
import type { FileClaim } from "../../intent/file-claim";
import { literalGlob } from "../../intent/glob/glob";
import type { Owner } from "../../intent/owner";
import { bytesOf, utf8Of } from "../../model/bytes";
import { type DeviceNumber, dangerOf, formatDevice, harmlessDevice, harmlessNames } from "../../model/device";
import { applyMode, requireMode } from "../../model/mode";
import { similarName } from "../../model/similar-name";
import { absoluteFileMode, jailPathField, principalField, reasonField, refuseWith } from "../fields";

const numberField = z.number().int().min(0).max(0xfffff);

/** A device by its numbers; a known one without them, with an owner or a mode of its own. */
export const deviceArgs = z.strictObject({
  /**
   * Whether it is a character or a block device, as the first letter of `ls -l` says.
   * @defaultValue known for `null`, `zero`, `full`, `random`, `urandom` and `tty`; other names need it
   * @example type: "character"
   */
  type: z.enum(["character", "block"]).optional(),
  /**
   * The driver, as `ls -l` shows it before the comma.
   * @defaultValue known for the six names of `type`; other names need it
   * @example major: 1
   */
  major: numberField.optional(),
  /**
   * The device of that driver, as `ls -l` shows it behind the comma.
   * @defaultValue known for the six names of `type`; other names need it
   * @example minor: 3
   */
  minor: numberField.optional(),
  /**
   * User that owns the device, by name or number.
   * @defaultValue `"root"`
   * @example owner: "root"
   */
  owner: principalField.optional(),
  /**
   * Group of the device, by name or number.
   * @defaultValue `"root"`
   * @example group: "audio"
   */
  group: principalField.optional(),
  /**
   * Rights to use it, absolute: four octal digits or symbols (`"ug=rw"`).
   * @example mode: "0660"
   */
  mode: absoluteFileMode,
  /**
   * Why the jail needs it.
   * @refused a blank
   * @example reason: "the daemon plays its alarms"
   */
  reason: reasonField,
  /**
   * Why the daemon gets a device that is not known to be harmless. Harmless are null, zero, full, random, urandom and
   * tty, by their numbers. Every other device is refused without it: with disks, memory, consoles, serial lines, other
   * users' terminals, kvm or tun a daemon leaves its jail, or reads data that are not its own.
   * @example allowDangerous: "the sound card has no data of others"
   */
  allowDangerous: reasonField.optional(),
});

const deviceName = jailPathField.superRefine(
  refuseWith((name) =>
    name === "." || /^dev(\/|$)/.test(name) ? `is a name below dev: write "null", not "dev/null"` : undefined,
  ),
);

/** Devices by their names below `dev`. */
export const devicesField = z.record(deviceName, z.union([reasonField, deviceArgs])).superRefine((devices, context) => {
  for (const [name, device] of Object.entries(devices)) {
    const message = deviceProblem(name, device);
    if (message !== undefined) context.addIssue({ code: "custom", message, path: [name] });
  }
});

type Devices = z.output<typeof devicesField>;

const numberArgs = ["type", "major", "minor"] as const;

/** Why a device is not one for a jail, or undefined when it is. */
function deviceProblem(name: string, device: Devices[string]): string | undefined {
  const known = harmlessDevice(name);
  const number = numberOf(name, device);
  if (number === undefined) return numberProblem(name, device);
  if (known && (known.type !== number.type || formatDevice(known) !== formatDevice(number)))
    return `is ${number.type} ${formatDevice(number)}, and programs expect ${known.type} ${formatDevice(known)} at this name: leave the numbers out, or give it another name`;
  const danger = dangerOf(number);
  if (danger === undefined || statedOf(device).allowDangerous !== undefined) return undefined;
  return `is ${number.type} ${formatDevice(number)}, which gives the daemon ${danger}: leave it out, or say in allowDangerous why it has to be`;
}

/** Says which numbers a device lacks whose name is not known. */
function numberProblem(name: string, device: Devices[string]): string {
  const near = similarName(name, harmlessNames);
  const meant = near === undefined ? "" : `did you mean ${near}? `;
  const known = harmlessNames.join(", ");
  if (typeof device === "string") {
    const remedy = `${meant}${meant && "For others "}say type, major, minor and mode, too`;
    return `is not one of the devices that need only a reason (${known}): ${remedy}`;
  }
  const missing = numberArgs.filter((argument) => device[argument] === undefined);
  const list = missing.join(", ").replace(/, (\w+)$/, " and $1");
  return `has no ${list}, and is not one of the devices that need none (${known}): ${meant}${meant && "For others "}say type, major and minor`;
}

/** A device that has only a reason has the mode that is usual for its name. */
function statedOf(device: Devices[string]): z.output<typeof deviceArgs> {
  return typeof device === "string" ? { mode: "0666", reason: device } : device;
}

/** The device behind a name, as it is stated or known; undefined where neither says all of it. */
function numberOf(name: string, device: Devices[string]): DeviceNumber | undefined {
  const known = harmlessDevice(name);
  const stated = statedOf(device);
  const type = stated.type === undefined ? known?.type : (`${stated.type} device` as const);
  const { major = known?.major, minor = known?.minor } = stated;
  return type === undefined || major === undefined || minor === undefined ? undefined : { type, major, minor };
}

export function deviceFiles(devices: Devices | undefined, by: Owner): FileClaim[] {
  return Object.entries(devices ?? {}).flatMap(([name, device]): FileClaim[] => {
    const number = numberOf(name, device);
    if (number === undefined) return [];
    const { owner = "root", group = "root", mode, reason, allowDangerous } = statedOf(device);
    const why = allowDangerous === undefined ? reason : `${reason}; allowed although dangerous: ${allowDangerous}`;
    const is = { ...number, owner, group, mode: applyMode(requireMode(mode), 0, false) };
    return [{ by, reason: why, at: bytesOf(`dev/${name}`), is }];
  });
}

/** The directories above them have to be there; their owners and modes are the baseline's. */
export function deviceClaims(devices: Devices | undefined, by: Owner): Claim[] {
  return deviceFiles(devices, by).map(({ at, reason }) => ({
    by,
    match: literalGlob(utf8Of(at)),
    except: [],
    want: {},
    presence: "within",
    tier: "baseline",
    order: 0,
    reason,
  }));
}

/** The users and groups that they need on the host. */
export function deviceOwners(devices: Devices | undefined): { users: string[]; groups: string[] } {
  const stated = Object.values(devices ?? {}).map(statedOf);
  return {
    users: stated.flatMap(({ owner }) => owner ?? []),
    groups: stated.flatMap(({ group }) => group ?? []),
  };
}
