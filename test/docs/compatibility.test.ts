import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { cells, today } from "../../scripts/matrix/cells";
import { tableIn, tableOf } from "../../scripts/matrix/table";
import { docs } from "../support/doc-page";

const page = readFileSync(join(docs, "compatibility.md"), "utf8");

test("docs/compatibility.md has the versions that the package asks for", () => {
  const { engines, peerDependencies } = JSON.parse(readFileSync(join(dirname(docs), "package.json"), "utf8"));
  const [table = ""] = page.split("### Tests run with");
  const rows = table.split("\n").flatMap((line) => {
    const [name = "", works = ""] = line.slice(2).replace(/ \|$/, "").split(" | ");
    return /^(Pulumi SDK|Node\.js$|Language)/.test(name) ? [[name.split(" ")[0], works]] : [];
  });
  expect(rows).toStrictEqual([
    ["Pulumi", `\`${peerDependencies["@pulumi/pulumi"]}\``],
    ["Node.js", expect.stringMatching(`^\`${engines.node}\`;`)],
    ["Language", expect.stringMatching(/^TypeScript 5 /)],
  ]);
});

test("docs/compatibility.md has a row for each cell of npm run test:matrix", () => {
  expect(tableIn(page)).toBe(tableOf(cells));
});

test("the matrix has the pair of the other tests, the oldest Node.js and the oldest SDK", () => {
  const { engines, peerDependencies } = JSON.parse(readFileSync(join(dirname(docs), "package.json"), "utf8"));
  // "The second row", as the page says.
  expect(cells[1]).toStrictEqual({ node: 20, ...today, form: "javascript" });
  expect(engines.node).toBe(`>=${Math.min(...cells.map(({ node }) => node))}`);
  expect(peerDependencies["@pulumi/pulumi"]).toMatch(new RegExp(`^>=${cells[0]?.sdk} `));
});
