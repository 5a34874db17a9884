import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { docs } from "../support/doc-page";

describe("docs/security.md", () => {
  const promises = /^## The promises$([\s\S]*?)^## /m.exec(readFileSync(join(docs, "security.md"), "utf8"))?.[1] ?? "";
  const rows = promises.split("\n").filter((line) => /^\| (?!Promise)/.test(line));

  test("names for each promise a test that holds it, and that exists", () => {
    for (const row of rows) {
      const paths = [...row.matchAll(/\]\((\.\.\/test\/[^)]+\.test\.ts)\)/g)].map(([, path = ""]) => path);
      expect([row, paths.length > 0, paths.filter((path) => !existsSync(join(docs, path)))]).toStrictEqual([
        row,
        true,
        [],
      ]);
    }
    expect(rows.length).toBeGreaterThan(20);
  });

  test("calls each test by its file's name", () => {
    const links = [...promises.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].filter(([, , path = ""]) =>
      path.includes("/test/"),
    );
    expect(links.filter(([, name, path = ""]) => !path.endsWith(`/${name}.test.ts`))).toStrictEqual([]);
  });
});
