/** A jail of the programs here. */
export interface Site {
  readonly port: number;
  readonly root: string;
}

/** A file of each jail, and the rule for it. */
export const guarded = { path: "etc/key", match: "etc/k*", mode: "0600" };

/** Declarations that a program of any language form has in it: they use `chroot` and make `jail`, `rule` and `file`. */
function declarations(name: string, { port, root }: Site): string {
  return `
const reason = "a cell of the matrix";
const jail = new chroot.Jail("${name}", {
  connection: { host: "127.0.0.1", port: ${port} },
  root: "${root}",
  user: "www",
  group: "www",
  baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
  directories: { etc: reason },
  onDelete: "removeCreated",
});
const rule = new chroot.PermissionRule("key", { jail, match: "${guarded.match}", fileMode: "${guarded.mode}", reason });
const file = new chroot.JailFile("file", { jail, path: "${guarded.path}", content: "hello\\n", reason });
`;
}

const readBack = ["baseline = jail.baseline", "match = rule.match", "path = file.path"];

/** A program in CommonJS. */
export function javascript(site: Site): string {
  const given = readBack.map((line) => `exports.${line};\n`).join("");
  return `const chroot = require("pulumi-chroot");\n${declarations("site", site)}${given}`;
}

/** A program in TypeScript, which says the types of what it reads back. */
export function typescript(site: Site): string {
  const types = ["chroot.Baseline", "string", "string"];
  const given = readBack.map((line, at) => `export const ${line.replace(" ", `: pulumi.Output<${types[at]}> `)};\n`);
  const head = 'import * as chroot from "pulumi-chroot";\nimport type * as pulumi from "@pulumi/pulumi";\n';
  return `${head}${declarations("site", site)}${given.join("")}`;
}

/** A program as an ES module, with the classes as named imports. */
export function esModule(site: Site): string {
  const names = ["Jail", "JailFile", "PermissionRule"];
  const given = readBack.map((line) => `export const ${line};\n`).join("");
  const body = declarations("site", site).replaceAll("new chroot.", "new ");
  return `import { ${names.join(", ")} } from "pulumi-chroot";\n${body}${given}`;
}

/** A user's own test of the program in CommonJS. */
export const unitTest = `
const pulumi = require("@pulumi/pulumi");

const resolved = (output) => new Promise((resolve) => output.apply(resolve));
let program;

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: () => ({}),
  });
  program = require("./index.js");
});

test("the program declares the key", async () => {
  expect((await resolved(program.baseline)).fileMode).toBe("0640");
  expect(await resolved(program.match)).toBe("${guarded.match}");
  expect(await resolved(program.path)).toBe("${guarded.path}");
});
`;

/** A program that takes a fleet through two waves, with a gate between them, in the mode of its first argument; it prints the report. */
export function fleet(sites: readonly Site[]): string {
  const programs = sites.map((site, at) => `site${at}() {${declarations(`site${at}`, site)}},\n`);
  return `
const chroot = require("pulumi-chroot");

const programs = {${programs.join("")}};
const host = { host: "127.0.0.1", port: ${sites[0]?.port} };
const fleet = chroot.defineFleet({
  name: "matrix",
  units: Object.fromEntries(Object.keys(programs).map((name) => [name, host])),
  declare: ({ name }) => programs[name](),
  waves: [{ name: "canary", size: 1, canary: true, gates: [{ tcp: { port: host.port } }] }, { name: "rest" }],
});

chroot.rollout(fleet, { mode: process.argv[2] }).then(
  (report) => console.log(JSON.stringify(report)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
`;
}

/** A program of the Automation API, which runs the command of its first argument for all stacks at once, in this process. */
export function inlineStacks(sites: readonly Site[]): string {
  const programs = sites.map(
    (site, at) => `async () => {${declarations(`site${at}`, site)}return { root: jail.root };\n}`,
  );
  return `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const chroot = require("pulumi-chroot");

const commands = {
  up: (stack, options) => stack.up(options),
  preview: (stack, options) => stack.preview({ ...options, diff: true }),
  unchanged: (stack, options) => stack.preview({ ...options, diff: true, expectNoChanges: true }),
  destroy: (stack, options) => stack.destroy(options),
};

async function main(command) {
  const programs = [${programs.join(", ")}];
  await Promise.all(programs.map(async (program, at) => {
    const args = { stackName: "stack" + at, projectName: "inline", program };
    const stack = await LocalWorkspace.createOrSelectStack(args);
    const print = (text) => process.stdout.write(text);
    await commands[command](stack, { onOutput: print, onError: print, color: "never" });
  }));
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
`;
}
