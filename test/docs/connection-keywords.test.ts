import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { aliases, type Decision, keywords } from "../../provider/ssh/config-keywords";
import { docs } from "../support/doc-page";

test("docs/connection.md says of each keyword of ssh_config what the provider does with it", () => {
  const told: Record<string, Decision | string> = {};
  let heading = "";
  for (const line of readFileSync(join(docs, "connection.md"), "utf8").split("\n")) {
    const cells = line.startsWith("|")
      ? line
          .slice(1, -1)
          .split("|")
          .map((cell) => cell.trim())
      : [];
    const [first = "", second = "", third = ""] = cells;
    if (/^(Followed|An error|Ignored|Older)/.test(first)) heading = first;
    if (cells.length === 0) heading = "";
    for (const name of heading === first ? [] : words(first)) {
      if (heading.startsWith("Followed")) told[name] = { is: "honoured" };
      if (heading.startsWith("Ignored")) told[name] = { is: "harmless", why: second };
      if (heading.startsWith("Older")) told[name] = words(second)[0] ?? "";
      if (heading.startsWith("An error")) told[name] = { is: "refused", unless: words(second), instead: third };
    }
  }
  expect(told).toStrictEqual({ ...Object.fromEntries(Object.entries(keywords).map(plain)), ...aliases });
});

/** The words that a cell shows as code. */
function words(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}

/** A keyword without the empty value that no page can show. */
function plain([name, decision]: [string, Decision]): [string, Decision] {
  if (decision.is !== "refused") return [name, decision];
  return [name, { ...decision, unless: decision.unless.filter((value) => value !== "") }];
}
