import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { importsOf, provider, sources } from "./sources";

/** The rooms of the engine that each room may import. A file beside the rooms is a room of its own. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  log: [],
  assess: ["log"],
  converge: ["assess", "log"],
  remove: ["converge", "assess", "log"],
  report: ["converge", "assess", "log"],
  session: ["report", "remove", "converge", "assess", "log"],
  "engine.ts": ["session", "assess", "log"],
  "mtree.ts": ["assess"],
};
/** Rooms whose circles their own rework takes away. */
const reworked = ["plan", "render"];

const targets = new Map(
  sources.map((file) => {
    const paths = importsOf(file)
      .filter(({ text }) => text.startsWith("."))
      .map(({ text }) => relative(provider, join(provider, dirname(file), text)));
    const found = paths.flatMap((path) => [`${path}.ts`, `${path}/index.ts`].filter((one) => sources.includes(one)));
    return [file, found] as const;
  }),
);

describe("the files of provider/", () => {
  test("import each other in no circle", () => {
    const finished = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      const start = path.indexOf(file);
      if (start !== -1) circles.push([...path.slice(start), file].join(" -> "));
      if (start !== -1 || finished.has(file)) return;
      for (const next of targets.get(file) ?? []) visit(next, [...path, file]);
      finished.add(file);
    };
    for (const file of sources) visit(file, []);
    assert.ok([...targets.values()].flat().length > 500, "the imports were read");
    expect(circles.filter((circle) => !reworked.some((room) => circle.startsWith(`${room}/`)))).toStrictEqual([]);
  });

  test("of the engine import along its arrows alone", () => {
    const roomOf = (file: string) => file.split("/")[1] ?? "";
    const ofEngine = [...targets].filter(([file]) => file.startsWith("engine/"));
    expect([...new Set(ofEngine.map(([file]) => roomOf(file)))].sort()).toStrictEqual(Object.keys(arrows).sort());
    const wrong = ofEngine.flatMap(([file, others]) =>
      others
        .filter((other) => other.startsWith("engine/") && roomOf(other) !== roomOf(file))
        .filter((other) => !arrows[roomOf(file)]?.includes(roomOf(other)))
        .map((other) => `${file} -> ${other}`),
    );
    expect(wrong).toStrictEqual([]);
  });
});
