import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "@jest/globals";

const dist = join(__dirname, "..", "..");

test("no program uses a file that runs in jest alone", () => {
  const seen = new Set<string>();
  const wrong: string[] = [];
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/require\("([^"]+)"\)/g)) {
      if (name === "@jest/globals") wrong.push(relative(dist, file));
      if (name.startsWith(".")) visit(`${join(dirname(file), name)}.js`);
    }
  };
  for (const folder of ["bench", "scripts"])
    for (const name of readdirSync(join(dist, folder))) if (name.endsWith(".js")) visit(join(dist, folder, name));
  expect(seen.size).toBeGreaterThan(100);
  expect(wrong).toStrictEqual([]);
});
