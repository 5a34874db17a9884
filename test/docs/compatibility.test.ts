import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { docs } from "../support/doc-page";

test("docs/compatibility.md has the versions that the package asks for, and is tested with", () => {
  const { engines, peerDependencies, devDependencies } = JSON.parse(
    readFileSync(join(dirname(docs), "package.json"), "utf8"),
  );
  const page = readFileSync(join(docs, "compatibility.md"), "utf8");
  const rows = page.split("\n").flatMap((line) => {
    const [name = "", works = "", tested = ""] = line.slice(2).split(" | ");
    return /^(Pulumi SDK|Node\.js|Language)/.test(name)
      ? [[name.split(" ")[0], works, tested.replace(/ \|$/, "")]]
      : [];
  });
  const minor = /^\d+\.\d+/.exec(devDependencies.typescript)?.[0];
  expect(rows).toStrictEqual([
    ["Pulumi", `\`${peerDependencies["@pulumi/pulumi"]}\``, devDependencies["@pulumi/pulumi"]],
    ["Node.js", `\`${engines.node}\``, expect.stringMatching(/^20/)],
    ["Language", expect.stringMatching(/^TypeScript 5 /), `TypeScript ${minor}`],
  ]);
});
