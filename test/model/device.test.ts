import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { type DeviceNumber, dangerOf, harmlessDevice, harmlessNames } from "../../provider/model/device";

const character = (major: number, minor: number): DeviceNumber => ({ type: "character device", major, minor });

describe("a device", () => {
  test("is harmless where it is one of six, by its number", () => {
    expect(harmlessNames).toStrictEqual(["null", "zero", "full", "random", "urandom", "tty"]);
    for (const name of harmlessNames) assert.equal(dangerOf(harmlessDevice(name) as DeviceNumber), undefined, name);
  });

  test("is dangerous in every other case, known to us or not", () => {
    const safe = new Set(harmlessNames.map((name) => JSON.stringify(harmlessDevice(name))));
    for (let major = 0; major < 512; major++)
      for (const minor of [0, 1, 3, 5, 7, 8, 9, 64, 255, 256, 0xfffff]) {
        const device = character(major, minor);
        if (!safe.has(JSON.stringify(device))) assert.notEqual(dangerOf(device), undefined, `${major}:${minor}`);
        expect(dangerOf({ ...device, type: "block device" })).not.toBe(undefined);
      }
  });

  test("that leads out of a jail is named: mtd, raw, hvc, serial lines, terminals", () => {
    const named: [number, number, RegExp][] = [
      [90, 0, /flash memory/],
      [162, 1, /raw/],
      [229, 0, /hvc/],
      [4, 64, /serial/],
      [204, 64, /serial/],
      [188, 0, /serial/],
      [136, 0, /terminals/],
      [143, 7, /terminals/],
      [240, 1, /driver 240, which is not known to be harmless/],
    ];
    for (const [major, minor, danger] of named) expect(dangerOf(character(major, minor)) ?? "").toMatch(danger);
  });
});
