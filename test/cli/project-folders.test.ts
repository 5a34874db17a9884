import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fleetNames, projectFolders } from "../../provider/cli/project-folders";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "chroot-folders-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a folder means its project, also one above it, and its fleets", () => {
  const [fleet, inner] = [join(folder, ".pulumi-chroot", "zones"), join(folder, "inner")];
  mkdirSync(fleet, { recursive: true });
  mkdirSync(inner);
  expect(projectFolders(folder)).toStrictEqual([]);
  writeFileSync(join(fleet, "Pulumi.yaml"), "name: zones");
  writeFileSync(join(folder, ".pulumi-chroot", "zones.rollout.jsonl"), "");
  expect(projectFolders(folder)).toStrictEqual([fleet]);
  expect(fleetNames(folder)).toStrictEqual(["zones"]);
  writeFileSync(join(folder, "Pulumi.yaml"), "name: jails");
  expect(projectFolders(folder)).toStrictEqual([folder, fleet]);
  expect(projectFolders(inner)).toStrictEqual([inner]);
});
