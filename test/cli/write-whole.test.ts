import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { writeWhole } from "../../provider/cli/write-whole";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whole-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file is replaced, and its folder is made", () => {
  const path = join(folder, "new", "a.html");
  for (const text of ["one", "two"]) {
    writeWhole(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  }
  expect(readdirSync(join(folder, "new"))).toStrictEqual(["a.html"]);
});

test("a device is written to and stays, and a full one is an error with the file's name", () => {
  // By links: a mistake must not replace the machine's devices.
  for (const device of ["null", "full"]) symlinkSync(`/dev/${device}`, join(folder, device));
  writeWhole(join(folder, "null"), "text");
  expect(() => writeWhole(join(folder, "full"), "text")).toThrow(
    `${folder}/full: the report cannot be written: ENOSPC: no space left on device, write`,
  );
  for (const device of ["null", "full"]) expect(lstatSync(join(folder, device)).isSymbolicLink()).toBe(true);
});

test("a folder that is none is an error, and leaves no draft", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => writeWhole(join(folder, "file", "a.html"), "text")).toThrow(/a\.html: the report cannot be written: /);
  expect(readdirSync(folder)).toStrictEqual(["file"]);
});
