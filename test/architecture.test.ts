import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";
import {
  files,
  functionsAbove,
  type Import,
  importsOf,
  literalsOf,
  namesOf,
  provider,
  sources,
} from "./architecture/sources";

/** Room of a file: its folder below provider/, or the file itself where it is beside the rooms. */
const roomOf = (file: string) => file.split("/")[0] ?? "";
const pureRooms = ["model", "intent", "observe", "plan", "render", "fleet", "report"];
/** Rooms that a room may import, by the flow of ADR 1. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  model: [],
  intent: ["model"],
  observe: ["model", "intent"],
  plan: ["model", "intent", "observe"],
  render: ["model", "intent", "observe", "plan"],
  ssh: ["model", "errors.ts"],
  agent: ["model", "intent", "observe", "plan", "ssh", "errors.ts"],
  resources: ["model", "intent", "observe", "plan", "fleet", "errors.ts"],
  engine: ["model", "intent", "observe", "plan", "render", "agent", "ssh", "resources", "errors.ts"],
  dynamic: ["model", "intent", "render", "agent", "resources", "engine", "fleet", "gates", "errors.ts"],
  "lifecycle.ts": ["dynamic", "resources"],
  inventory: ["fleet", "ssh", "errors.ts"],
  "index.ts": ["model", "resources", "engine", "inventory", "fleet", "report", "rollout"],
  "errors.ts": [],
  fleet: ["model"],
  report: ["model", "intent", "plan", "fleet", "render"],
  cli: ["model", "fleet", "report", "drift", "rollout", "errors.ts"],
  rollout: ["model", "fleet", "render", "report", "gates", "errors.ts"],
  gates: ["model", "fleet", "agent", "ssh", "errors.ts"],
  plugin: ["model", "engine", "resources", "dynamic", "errors.ts"],
  drift: ["model", "render", "agent", "resources", "engine", "dynamic", "report", "ssh", "errors.ts"],
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
    expect([...new Set(sources.map(roomOf))].sort()).toStrictEqual(Object.keys(arrows).sort());
    assert.ok(imports.length > 100 && between.length > 50, "the imports were read");
  });

  test("import along the arrows alone", () => {
    const wrong = between.filter(({ room, other }) => !arrows[room]?.includes(other));
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toStrictEqual([]);
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
      expect(found.filter((text) => isBuiltin(text) || !["zod", "diff", "yaml"].includes(text))).toStrictEqual([]);
      const rooms = between.filter((one) => one.room === room).map(({ other }) => other);
      expect(rooms.filter((other) => !pureRooms.includes(other))).toStrictEqual([]);
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
      expect(inRoom.flatMap(namesOf).filter((name) => outside.has(name))).toStrictEqual([]);
    });
});

describe("a dependency", () => {
  const importers = (name: string) => [
    ...new Set(outward.filter(({ text }) => packageOf(text) === name).map(({ from }) => from)),
  ];

  test("is the SSH client, the validator, what compares texts, what reads YAML or a command line, or the SDK", () => {
    const found = new Set(outward.filter(({ text }) => !isBuiltin(text)).map(({ text }) => packageOf(text)));
    expect([...found].sort()).toStrictEqual(["@pulumi/pulumi", "commander", "diff", "ssh2", "yaml", "zod"]);
  });

  test("ssh2 is known to ssh/ alone", () => {
    expect(importers("ssh2").filter((file) => roomOf(file) !== "ssh")).toStrictEqual([]);
    expect(importers("ssh2").length).toBeGreaterThan(0);
  });

  test("commander is known to cli/ alone", () => {
    expect(importers("commander").filter((file) => roomOf(file) !== "cli")).toStrictEqual([]);
    expect(importers("commander").length).toBeGreaterThan(0);
  });

  test("the SDK is known to resources/, rollout/, plugin/ and dynamic/'s log alone", () => {
    const rooms = ["resources", "rollout", "plugin"];
    const others = importers("@pulumi/pulumi").filter((file) => !rooms.includes(roomOf(file)));
    expect(others).toStrictEqual(["dynamic/pulumi-log.ts"]);
  });

  test("zod is known to the arguments of resources, connections, fleets and gates and the shapes of assessments, reports and records alone", () => {
    const others = importers("zod").filter((file) => !/^(resources|render\/assessment|report)\//.test(file));
    expect(others.sort()).toStrictEqual([
      "fleet/fleet-arguments.ts",
      "fleet/gate-arguments.ts",
      "fleet/inventory/fleet-json.ts",
      "fleet/journal-lines.ts",
      "model/connection.ts",
      "model/zod-issues.ts",
    ]);
  });

  test("diff and yaml are known to one file each", () => {
    expect(importers("diff")).toStrictEqual(["render/text/changed-lines.ts"]);
    expect(importers("yaml")).toStrictEqual(["fleet/inventory/yaml.ts"]);
  });

  test("is never loaded while something runs, but the SDK's own gRPC, the engine by programs that ask, and a user's fleet", () => {
    const dynamic = sources.filter((file) =>
      namesOf(file).some((name) => /^(import|require|createRequire)$/.test(name)),
    );
    const lazy = ["cli/load-fleet.ts", "cli/drift-command.ts", "cli/rollout.ts", "cli/rollout-command.ts"];
    const known = ["dynamic/sdk-module.ts", "plugin/main.ts", "plugin/service.ts", ...lazy];
    expect(dynamic.filter((file) => !known.includes(file))).toStrictEqual(["index.ts"]);
    // Every program loads the index, so the modules that connect to hosts are loaded only when they are called.
    const inIndex = imports.filter(({ from }) => from === "index.ts").map(({ text }) => text);
    expect([...new Set(inIndex.filter((text) => /engine|inventory\//.test(text)))]).toStrictEqual([
      "./engine/mtree",
      "./inventory/inventory",
    ]);
    // The types of a rollout's options are gone when the index runs.
    const rollout = inIndex.filter((text) => text.includes("rollout"));
    expect([...new Set(rollout)].sort()).toStrictEqual(["./rollout/options", "./rollout/rollout"]);
    const compiled = readFileSync(join(__dirname, "..", "provider", "index.js"), "utf8");
    expect(compiled).not.toMatch(/^(?! ).*require\("\.\/(rollout|engine|report)/m);
  });
});

describe("what runs on a host", () => {
  test("stands in agent/ alone", () => {
    const scripts = files.filter((file) => /\.(sh|bash|awk|sed)$/.test(file));
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((file) => !/^agent\/(host|launcher|script)\//.test(file))).toStrictEqual([]);
    // A command of a shell: a tool with an option, a pipe into one, a redirection, a substitution.
    const shell =
      /\b(sh|sudo|find|xargs|chmod|chown|stat|mkdir|dd|mv|rm|cat|flock|getent) -|\|\s*(sh|xargs|sed|cut)\b|2>&1|>\/dev\/null|"\$\(|\beval /;
    const found = sources.filter(
      (file) => roomOf(file) !== "agent" && literalsOf(file).some((text) => shell.test(text)),
    );
    expect(found).toStrictEqual([]);
    assert.ok(sources.some((file) => roomOf(file) === "agent" && literalsOf(file).some((text) => shell.test(text))));
  });
});

test("records of the registry reach the engine through one file, which knows those that cannot be read", () => {
  const reading =
    /\b(look|lockAndLook|observe|readRegistry|registriesOfHost)\b[^;]*from "[./]+agent\/requests\/(observe|registry|host-registries)"/;
  const text = (file: string) => readFileSync(join(provider, file), "utf8");
  const engine = sources.filter((file) => roomOf(file) === "engine");
  expect(
    engine.filter((file) => (text(file).match(/^import [^;]*;/gm) ?? []).some((line) => reading.test(line))),
  ).toStrictEqual([]);
  expect(engine.filter((file) => /from "[./a-z]+\/readable-registries"/.test(text(file))).length).toBeGreaterThan(5);
});

describe("what is printed", () => {
  const using = (name: string) => sources.filter((file) => namesOf(file).includes(name));
  const textOf = (file: string) => readFileSync(join(provider, file), "utf8");

  test("goes to the engine alone, and to its log by one call, through the one function for it, but for the command line", () => {
    expect(using("console")).toStrictEqual([]);
    const printing = sources.filter((file) => /process\.std(out|err)/.test(textOf(file)));
    // The plugin prints its port, or the error of its start.
    expect(printing.filter((file) => roomOf(file) !== "cli")).toStrictEqual(["plugin/main.ts"]);
    // In a comment; and a component's table, which the program itself logs.
    const own = sources.filter((file) => /\bpulumi\.log\b/.test(textOf(file)));
    expect(own).toStrictEqual(["dynamic/pulumi-log.ts", "resources/jail-fleet/resource.ts"]);
    expect(textOf("resources/jail-fleet/resource.ts").match(/pulumi\.log\..*/g)).toStrictEqual([
      "pulumi.log.info(stateTable(found), this));",
    ]);
    const sending = ["dynamic/pulumi-log.ts", "plugin/rpc-error.ts"];
    expect(using("setMessage")).toStrictEqual(sending);
    for (const file of sending)
      expect(textOf(file).match(/setMessage\(.*\)/g)).toStrictEqual(["setMessage(printable(message))"]);
  });

  test("of the five verbs comes through that function: errors, mistakes, drift and outputs", () => {
    const made = sources.filter((file) => /\bnew Verbs\(/.test(textOf(file)));
    // A report's renderers make everything printable that a look for drift has found.
    expect(made).toStrictEqual(["drift/jail-look.ts", "dynamic/printable-verbs.ts"]);
    const entries = textOf("lifecycle.ts").match(/^export .*/gm) ?? [];
    expect(entries.length).toBeGreaterThanOrEqual(4);
    for (const entry of entries) expect(entry).toMatch(/^export const \w+ = processVerbs\((?:\w+|"gate")\);$/);
    const outputs = textOf("dynamic/verbs.ts").match(/.*\.outputs\(.*/g) ?? [];
    assert.ok(outputs.length > 0 && outputs.every((line) => line.includes("printableIn(")));
    const drifts = textOf("dynamic/verbs.ts").match(/\bdrift(?:ForPreview|ForRefresh)\(/g) ?? [];
    assert.equal(drifts.length, 2, "no other text is put into a drift map");
  });

  test("by a constructor comes through that function, or has no name in it", () => {
    const thrown = sources
      .filter((file) => roomOf(file) === "resources")
      .flatMap((file) => textOf(file).match(/new Error\([^;]*/g) ?? []);
    expect(thrown.length).toBeGreaterThan(0);
    for (const line of thrown) expect(line).toMatch(/^new Error\(\s*(printable\(|"[^"]*"\))/);
  });
});

test("what runs on a host has one function of each name: the later one would take the place of the other", () => {
  const text = files
    .filter((file) => file.startsWith("agent/host/"))
    .map((file) => readFileSync(join(provider, file), "utf8"))
    .join("\n");
  const names = [...text.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toStrictEqual([]);
});

test("a file that somebody writes has at most 250 lines", () => {
  const long = files
    .filter((file) => /\.(ts|sh)$/.test(file) && file !== "resources/arguments.ts")
    .map((file) => [file, readFileSync(join(provider, file), "utf8").trimEnd().split("\n").length] as const)
    .filter(([, lines]) => lines > 250);
  expect(long).toStrictEqual([]);
});

test("a function takes at most four parameters, but for one that ssh2 calls", () => {
  const found = sources.flatMap((file) => functionsAbove(4, file).map((name) => `${file}: ${name}`));
  expect(found).toStrictEqual(["ssh/identity.ts: prompt"]);
});
