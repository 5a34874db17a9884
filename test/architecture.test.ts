import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import test, { describe } from "node:test";
import { files, type Import, importsOf, literalsOf, namesOf, provider, sources } from "./architecture/sources";

/** Room of a file: its folder below provider/, or the file itself where it is beside the rooms. */
const roomOf = (file: string) => file.split("/")[0] ?? "";
const pureRooms = ["model", "intent", "observe", "plan", "render"];
/** Rooms that a room may import, by the flow of DESIGN section 4. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  intent: ["model"],
  observe: ["model", "intent"],
  plan: ["model", "intent", "observe"],
  render: ["model", "intent", "observe", "plan"],
  ssh: ["model", "errors.ts"],
  agent: ["model", "intent", "observe", "plan", "ssh", "errors.ts"],
  resources: ["model", "intent", "observe", "plan"],
  handlers: ["model", "intent", "observe", "plan", "render", "agent", "ssh", "resources", "errors.ts"],
  "lifecycle.ts": ["handlers", "resources"],
  "index.ts": ["model", "resources", "handlers"],
  "errors.ts": [],
};

const imports = sources.flatMap(importsOf);
const outward = imports.filter(({ text }) => !text.startsWith("."));
const packageOf = (text: string) => /^(@[^/]+\/)?[^/]+/.exec(text)?.[0] ?? text;
const isBuiltin = (text: string) => text.startsWith("node:") || builtinModules.includes(packageOf(text));

/** The file below provider/ that a relative import means. */
function targetOf({ from, text }: Import): string {
  const path = relative(provider, join(provider, dirname(from), text));
  return (
    [path, `${path}.ts`, `${path}/index.ts`].find((file) => sources.includes(file)) ?? assert.fail(`${from}: ${text}`)
  );
}
const inward = imports.filter(({ text }) => text.startsWith(".")).map((one) => ({ from: one.from, to: targetOf(one) }));
const between = inward
  .map(({ from, to }) => ({ from, to, room: roomOf(from), other: roomOf(to) }))
  .filter(({ room, other }) => room !== other);

describe("the rooms of provider/", () => {
  test("are those of the design", () => {
    assert.deepEqual([...new Set(sources.map(roomOf))].sort(), Object.keys(arrows).sort());
    assert.ok(imports.length > 100 && between.length > 50, "the imports were read");
  });

  test("import along the arrows alone", () => {
    const wrong = between.filter(({ room, other }) => !arrows[room]?.includes(other));
    assert.deepEqual(
      wrong.map(({ from, to }) => `${from} -> ${to}`),
      [],
    );
  });

  test("have no cycle between them", () => {
    const reach = (room: string, seen: ReadonlySet<string>): void => {
      assert.ok(!seen.has(room), `${[...seen, room].join(" -> ")}`);
      for (const next of new Set(between.filter((one) => one.room === room).map(({ other }) => other)))
        reach(next, new Set([...seen, room]));
    };
    for (const room of Object.keys(arrows)) reach(room, new Set());
  });

  for (const room of pureRooms)
    test(`${room} is pure: no module of Node.js, no ssh2, no SDK, no impure room`, () => {
      // A checksum is no input and no output.
      const isChecksum = ({ from, text }: Import) => from === "model/digest.ts" && text === "node:crypto";
      const own = outward.filter((one) => roomOf(one.from) === room && !isChecksum(one));
      const found = own.map(({ text }) => packageOf(text));
      assert.deepEqual(
        found.filter((text) => isBuiltin(text) || !["zod", "diff"].includes(text)),
        [],
      );
      const rooms = between.filter((one) => one.room === room).map(({ other }) => other);
      assert.deepEqual(
        rooms.filter((other) => !pureRooms.includes(other)),
        [],
      );
      const outside = new Set([
        "process",
        "fetch",
        "require",
        "setTimeout",
        "setInterval",
        "setImmediate",
        "Date",
        "import",
      ]);
      const inRoom = sources.filter((file) => roomOf(file) === room);
      assert.deepEqual(
        inRoom.flatMap(namesOf).filter((name) => outside.has(name)),
        [],
      );
    });
});

describe("a dependency", () => {
  const importers = (name: string) => [
    ...new Set(outward.filter(({ text }) => packageOf(text) === name).map(({ from }) => from)),
  ];

  test("is the SSH client, the parser of its configuration, the validator, what compares texts, or the SDK", () => {
    const found = new Set(outward.filter(({ text }) => !isBuiltin(text)).map(({ text }) => packageOf(text)));
    assert.deepEqual([...found].sort(), ["@pulumi/pulumi", "diff", "ssh-config", "ssh2", "zod"]);
  });

  test("ssh2 is known to ssh/ alone", () => {
    assert.deepEqual(
      importers("ssh2").filter((file) => roomOf(file) !== "ssh"),
      [],
    );
    assert.ok(importers("ssh2").length > 0);
  });

  test("the SDK is known to resources/ and the engine's log alone", () => {
    const others = importers("@pulumi/pulumi").filter((file) => roomOf(file) !== "resources");
    assert.deepEqual(others, ["handlers/engine-log.ts"]);
  });

  test("zod is known to the resources' arguments and the connection alone", () => {
    const others = importers("zod").filter((file) => roomOf(file) !== "resources");
    assert.deepEqual(others, ["model/connection.ts"]);
  });

  test("diff and ssh-config are known to one file each", () => {
    assert.deepEqual(importers("diff"), ["render/changed-lines.ts"]);
    assert.deepEqual(importers("ssh-config"), ["ssh/client-config.ts"]);
  });

  test("is never loaded while something runs, but where the SDK's own gRPC is found, and handlers by programs that ask", () => {
    const dynamic = sources.filter((file) =>
      namesOf(file).some((name) => /^(import|require|createRequire)$/.test(name)),
    );
    assert.deepEqual(
      dynamic.filter((file) => file !== "handlers/engine-log.ts"),
      ["index.ts"],
    );
    // Every program loads the index: what connects to hosts comes when it is called.
    const inIndex = imports.filter(({ from }) => from === "index.ts").map(({ text }) => text);
    assert.deepEqual([...new Set(inIndex.filter((text) => text.includes("handlers")))], ["./handlers/mtree"]);
  });
});

describe("what runs on a host", () => {
  test("stands in agent/ alone", () => {
    const scripts = files.filter((file) => /\.(sh|bash|awk|sed)$/.test(file));
    assert.ok(scripts.length > 0);
    assert.deepEqual(
      scripts.filter((file) => !/^agent\/(host|launcher|script)\//.test(file)),
      [],
    );
    // A command of a shell: a tool with an option, a pipe into one, a redirection, a substitution.
    const shell =
      /\b(sh|sudo|find|xargs|chmod|chown|stat|mkdir|dd|mv|rm|cat|flock|getent) -|\|\s*(sh|xargs|sed|cut)\b|2>&1|>\/dev\/null|"\$\(|\beval /;
    const found = sources.filter(
      (file) => roomOf(file) !== "agent" && literalsOf(file).some((text) => shell.test(text)),
    );
    assert.deepEqual(found, []);
    assert.ok(sources.some((file) => roomOf(file) === "agent" && literalsOf(file).some((text) => shell.test(text))));
  });
});

test("what runs on a host has one function of each name: the later one would take the place of the other", () => {
  const text = files
    .filter((file) => file.startsWith("agent/host/"))
    .map((file) => readFileSync(join(provider, file), "utf8"))
    .join("\n");
  const names = [...text.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name);
  assert.ok(names.length > 50);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test("a file that somebody writes has at most 250 lines", () => {
  const long = files
    .filter((file) => /\.(ts|sh)$/.test(file) && file !== "resources/arguments.ts")
    .map((file) => [file, readFileSync(join(provider, file), "utf8").trimEnd().split("\n").length] as const)
    .filter(([, lines]) => lines > 250);
  assert.deepEqual(long, []);
});
