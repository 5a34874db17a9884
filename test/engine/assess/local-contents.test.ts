import { createHash } from "node:crypto";
import fs, { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { LocalContents } from "../../../provider/engine/assess/local-contents";

const assetMark = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17" };

describe("a file that a program gives", () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "content-"));
    path = join(directory, "file");
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const contents = new LocalContents();
  const sha256 = async () => (await contents.of({ asset: { ...assetMark, path } }, false))?.digest.sha256;
  const sumOf = (text: string) => createHash("sha256").update(text).digest("hex");

  test("is read once while it does not change, and anew when only ctime tells that it did", async () => {
    const long = new Date("2020-01-01");
    writeFileSync(path, "one\n");
    utimesSync(path, long, long);
    const { createReadStream } = fs;
    let opened = 0;
    fs.createReadStream = (...args) => {
      opened++;
      return createReadStream(...args);
    };
    await new Promise((resolve) => setTimeout(resolve, 1200));
    for (let times = 0; times < 3; times++) expect(await sha256()).toBe(sumOf("one\n"));
    expect(opened).toBe(1);
    writeFileSync(path, "two\n");
    utimesSync(path, long, long);
    expect(await sha256()).toBe(sumOf("two\n"));
  });
});
