import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { loadFleet } from "../../provider/cli/load-fleet";

const checkout = join(__dirname, "..", "..", "..");

describe("the file of a fleet", () => {
  let folder: string;
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "chroot-fleet-"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(checkout, "node_modules", "typescript"), join(folder, "node_modules", "typescript"));
    put("package.json", "{}");
    put("names.ts", 'export const name: string = "named";\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("may be TypeScript that imports TypeScript", async () => {
    const file = put("a.ts", 'import { name } from "./names";\nexport default { name } as const;\n');
    expect(await loadFleet(file)).toStrictEqual({ name: "named" });
  });

  test("may export its fleet by name", async () => {
    expect(await loadFleet(put("b.ts", "export const fleet = { name: 1 };\n"))).toStrictEqual({ name: 1 });
  });

  test("may be plain JavaScript of both kinds", async () => {
    expect(await loadFleet(put("c.js", "module.exports = { name: 2 };\n"))).toStrictEqual({ name: 2 });
    expect(await loadFleet(put("d.mjs", "export default { name: 3 };\n"))).toStrictEqual({ name: 3 });
    expect(await loadFleet(put("e.cjs", "exports.fleet = { name: 4 };\n"))).toStrictEqual({ name: 4 });
  });

  test("that throws, exports nothing, has a mistake or is not there is told by its name", async () => {
    await expect(loadFleet(put("f.ts", 'throw new Error("no inventory");\n'))).rejects.toThrow(
      /f\.ts: its program failed: no inventory$/,
    );
    await expect(loadFleet(put("g.ts", "export {};\n"))).rejects.toThrow(/g\.ts: it exports no fleet: write `export/);
    await expect(loadFleet(put("h.ts", "export default {;\n"))).rejects.toThrow(/h\.ts: its program failed: /);
    await expect(loadFleet(join(folder, "none.ts"))).rejects.toThrow(/none\.ts: there is no such file: run/);
  });

  test("needs a compiler for TypeScript, and says which", async () => {
    const other = mkdtempSync(join(tmpdir(), "chroot-fleet-"));
    try {
      writeFileSync(join(other, "fleet.mts"), "export default { name: 5 as number };\n");
      const loaded = loadFleet(join(other, "fleet.mts"));
      // Node.js reads it itself since 22.18.
      if (Number(process.versions.node.split(".")[0]) >= 24) expect(await loaded).toStrictEqual({ name: 5 });
      else await expect(loaded).rejects.toThrow(/imports no TypeScript: run npm install --save-dev tsx$/);
    } finally {
      rmSync(other, { recursive: true });
    }
  });
});
