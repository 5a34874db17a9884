import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { blocksOf, docs, programsOf } from "../support/doc-page";

const checkout = dirname(docs);
const pages = readdirSync(docs).filter((name) => name.endsWith(".md"));
const papers = [
  ...readdirSync(checkout).filter((name) => name.endsWith(".md")),
  ...readdirSync(docs, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
  ...readdirSync(join(checkout, "examples"))
    .map((name) => join("examples", name, "README.md"))
    .filter((path) => existsSync(join(checkout, path))),
];

test("every program of a page compiles, with the strictest options", () => {
  const folder = join(checkout, ".cache", "docs");
  mkdirSync(folder, { recursive: true });
  const directory = mkdtempSync(join(folder, "programs-"));
  try {
    const programs = ["../README.md", ...pages].flatMap(programsOf);
    for (const { name, text } of programs) writeFileSync(join(directory, name), `${text}export {};\n`);
    const options = {
      ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ target: "es2022", module: "nodenext", moduleResolution: "nodenext", skipLibCheck: true, types: ["node"] },
    };
    writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: ["*.ts"] }));
    const compiler = join(checkout, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [compiler, "-p", directory], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(programs.length).toBeGreaterThan(3);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("every shell block of a page is one that a shell can read, and every JSON block is JSON", () => {
  for (const page of pages)
    for (const { language, text, line } of blocksOf(page)) {
      const parsed = language === "sh" ? spawnSync("sh", ["-n", "-c", text], { encoding: "utf8" }).stderr : "";
      expect([page, line, parsed]).toStrictEqual([page, line, ""]);
      if (language === "json") JSON.parse(text);
    }
});

test("every page is tested, or has no command", () => {
  const tested = (page: string) => existsSync(join(checkout, "test", "docs", page.replace(/\.md$/, ".test.ts")));
  const untested = pages.filter(
    (page) => blocksOf(page).some(({ language }) => language === "console") && !tested(page),
  );
  expect(untested).toStrictEqual([]);
});

test("every link leads to a file of the repository, and to a heading that it has", () => {
  const wrong = papers.flatMap((paper) => {
    const text = readFileSync(join(checkout, paper), "utf8").replace(/^```[\s\S]*?^```$/gm, "");
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    return links.filter((link) => !leads(paper, link)).map((link) => `${paper}: ${link}`);
  });
  expect(wrong).toStrictEqual([]);
});

/** Whether a link of a paper leads somewhere. Links to other sites are taken as they are: no test has a network. */
function leads(paper: string, link: string): boolean {
  if (/^(https?|mailto):/.test(link)) return true;
  const [path = "", heading] = link.split("#");
  const target = path === "" ? join(checkout, paper) : join(checkout, dirname(paper), path);
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(readFileSync(target, "utf8")).includes(heading);
}

/** The names that GitHub gives to headings. */
function headingsOf(text: string): string[] {
  const heads = text.replace(/^```[\s\S]*?^```$/gm, "").match(/^#+ .*$/gm) ?? [];
  return heads.map((head) =>
    head
      .replace(/^#+ /, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
