import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { errorCodes } from "../../provider/errors";
import { findingKinds } from "../../provider/intent/finding-kinds";
import { docs } from "../support/doc-page";

const page = readFileSync(join(docs, "errors.md"), "utf8").replace(/^```[\s\S]*?^```$/gm, "");

describe("docs/errors.md", () => {
  test("has a section for each code of an error, and for nothing else", () => {
    const sections = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(sections).toStrictEqual([...errorCodes]);
  });

  test("says of each code what it means, and what to do", () => {
    for (const section of page.split(/^(?=##+ )/m).filter((part) => part.startsWith("### "))) {
      const lacks = ["> `", "**Meaning**: ", "**Remedy**: "].filter((part) => !section.includes(part));
      const [heading = ""] = section.split("\n");
      expect([heading, ...lacks]).toStrictEqual([heading]);
    }
  });

  test("names each finding once, with its severity and the meaning that the registry of findings has", () => {
    const told = Object.fromEntries(
      page
        .split(/^(?=## )/m)
        .flatMap((part) => [...part.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map((row) => rowOf(part, row))),
    );
    const known = Object.entries(findingKinds).map(([id, { severity, means }]) => [id, [severity, means]]);
    expect(told).toStrictEqual(Object.fromEntries(known));
  });
});

/** The severity and the meaning in a row of a table: refusals and unchecked parts have a table each. */
function rowOf(part: string, [, id = "", rest = ""]: RegExpMatchArray): [string, string[]] {
  const [first = "", second = ""] = rest.split(" | ");
  if (part.startsWith("## Refusals")) return [id, ["refused", first]];
  if (part.startsWith("## Parts that")) return [id, ["unchecked", first]];
  return [id, [first, second]];
}
