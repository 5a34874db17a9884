import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FormName } from "./cells";
import { checkout } from "./machine";
import { esModule, fleet, inlineStacks, javascript, type Site, typescript, unitTest } from "./program";

/** The files and packages of a kind of project, and how a user works with it. */
export interface Form {
  /** Its name in the table. */
  readonly title: string;
  /** npm packages beside pulumi-chroot and the SDK. */
  readonly packages: readonly string[];
  readonly manager?: "pnpm";
  files(sites: readonly Site[]): Readonly<Record<string, string>>;
  /** Commands that have to succeed before the first `up`. */
  readonly checks?: readonly (readonly string[])[];
  /** The jails that it declares. Default 1. */
  readonly jails?: number;
  /** The program that a user calls in the place of the CLI. */
  readonly automation?: string;
}

const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
/** A package in the version of the checkout. */
const known = (name: string) => `${name}@${manifest.devDependencies[name]}`;

/** All options that tighten the compiler's checks, also of the declarations of packages. */
const strictest = {
  ...{ strict: true, allowUnusedLabels: false, allowUnreachableCode: false, exactOptionalPropertyTypes: true },
  ...{ noFallthroughCasesInSwitch: true, noImplicitOverride: true, noImplicitReturns: true },
  ...{ noPropertyAccessFromIndexSignature: true, noUncheckedIndexedAccess: true, noUnusedParameters: true },
  ...{ isolatedModules: true, forceConsistentCasingInFileNames: true, skipLibCheck: false },
};

const yaml = (options: string) => `name: cell\nruntime: { name: nodejs, options: { ${options} } }\n`;
const json = (value: object) => `${JSON.stringify(value)}\n`;

function compiled(title: string, options: object): Form {
  const compilerOptions = { ...strictest, target: "es2022", types: ["node"], ...options };
  return {
    title,
    packages: [known("typescript"), known("@types/node")],
    files: ([site]) => ({
      "Pulumi.yaml": yaml("typescript: true"),
      "package.json": json({ private: true, main: "index.ts" }),
      "tsconfig.json": json({ compilerOptions, files: ["index.ts"] }),
      "index.ts": typescript(site as Site),
    }),
    checks: [["tsc", "--noEmit"]],
  };
}

const plain: Form = {
  title: "JavaScript",
  packages: [],
  files: ([site]) => ({
    "Pulumi.yaml": yaml("typescript: false"),
    "package.json": json({ private: true }),
    "index.js": javascript(site as Site),
  }),
};
const version = /^\d+\.\d+/.exec(manifest.devDependencies.typescript)?.[0];

export const forms: Readonly<Record<FormName, Form>> = {
  javascript: plain,
  strictest: compiled(`TypeScript ${version}, strictest options, \`commonjs\``, {
    module: "commonjs",
    moduleResolution: "node",
  }),
  nodenext: compiled(`TypeScript ${version}, strictest options, \`nodenext\``, {
    module: "nodenext",
    moduleResolution: "nodenext",
  }),
  esm: {
    title: "TypeScript as ES modules, run by tsx",
    packages: ["tsx@4.23.15"],
    files: ([site]) => ({
      "Pulumi.yaml": yaml('typescript: false, nodeargs: "--import tsx"'),
      "package.json": json({ private: true, type: "module", main: "index.ts" }),
      "index.ts": esModule(site as Site),
    }),
  },
  pnpm: { ...plain, title: "JavaScript, installed by pnpm", manager: "pnpm" },
  inline: {
    title: "Automation API, two inline stacks in one process",
    packages: [],
    files: (sites) => ({ "package.json": json({ private: true }), "stacks.js": inlineStacks(sites) }),
    jails: 2,
    automation: "stacks.js",
  },
  rollout: {
    title: "`rollout()` of two units in two waves",
    packages: [],
    files: (sites) => ({ "package.json": json({ private: true }), "fleet.js": fleet(sites) }),
    jails: 2,
    automation: "fleet.js",
  },
  jest: {
    title: "the program's own test: jest with `setMocks`",
    packages: [known("jest")],
    files: ([site]) => ({
      "package.json": json({ private: true }),
      "index.js": javascript(site as Site),
      "index.test.js": unitTest,
    }),
    checks: [["jest"]],
  },
};
