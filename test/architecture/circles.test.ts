import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { importsOf, provider, sources } from "./sources";

/**
 * Inner rooms of a room, with the inner rooms and the files beside these that each may import. Files beside the inner rooms may
 * import all of them, but in engine/, where each is a room of its own.
 */
const arrows: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  engine: {
    log: [],
    assess: ["log"],
    converge: ["assess", "log"],
    remove: ["converge", "assess", "log"],
    report: ["converge", "assess", "log"],
    session: ["report", "remove", "converge", "assess", "log"],
    "engine.ts": ["session", "assess", "log"],
    "mtree.ts": ["assess", "engine.ts"],
  },
  intent: { glob: ["rank.ts"] },
  plan: { seal: ["steps.ts"], checks: [], contents: ["seal", "block.ts", "difference.ts", "top-paths.ts"] },
  render: { text: [], assessment: ["text"], documents: ["text", "shell.ts"], "host-files": ["shell.ts"] },
  agent: {
    channel: ["protocol.ts", "shell-texts.ts", "site.ts"],
    requests: ["channel", "protocol.ts", "paths.ts", "site.ts"],
  },
};

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
    expect(circles).toStrictEqual([]);
  });

  for (const [room, inner] of Object.entries(arrows))
    test(`of ${room}/ import along its arrows alone`, () => {
      const innerOf = (file: string) => file.split("/")[1] ?? "";
      const own = [...targets].filter(([file]) => file.startsWith(`${room}/`));
      const rooms = new Set(own.map(([file]) => innerOf(file)).filter((one) => one in inner || !one.endsWith(".ts")));
      expect([...rooms].sort()).toStrictEqual(Object.keys(inner).sort());
      const wrong = own.flatMap(([file, others]) =>
        others
          .filter((other) => other.startsWith(`${room}/`) && innerOf(other) !== innerOf(file))
          .filter((other) => inner[innerOf(file)]?.includes(innerOf(other)) === false)
          .map((other) => `${file} -> ${other}`),
      );
      expect(wrong).toStrictEqual([]);
    });

  test("of engine/ are in its rooms", () => {
    const beside = sources.filter((file) => /^engine\/[^/]+\.ts$/.test(file));
    expect(beside).toStrictEqual(["engine/engine.ts", "engine/mtree.ts"]);
  });
});
