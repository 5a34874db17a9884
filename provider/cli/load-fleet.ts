import { existsSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../errors";
import { CommandError } from "./command-error";

/**
 * Gives the fleet that a file exports as its default, or as `fleet`. A TypeScript file is compiled without a check of its types, as
 * Pulumi's `transpileOnly` does, by the project's own `typescript`, by `tsx`, or by Node.js.
 */
export async function loadFleet(file: string): Promise<unknown> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new CommandError(`${file}: there is no such file: run the command in the fleet's folder, or name the file`);
  let exported: Exports;
  try {
    exported = await load(path);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file}: its program failed: ${messageOf(error)}`);
  }
  // A CommonJS module that is imported has its exports in its default.
  const inner = exported["default"] as Exports | undefined;
  const fleet = inner?.["default"] ?? inner?.["fleet"] ?? inner ?? exported["fleet"];
  if (fleet === undefined)
    throw new CommandError(`${file}: it exports no fleet: write \`export default defineFleet({ … })\``);
  return fleet;
}

type Exports = Readonly<Record<string, unknown>>;

async function load(path: string): Promise<Exports> {
  const url = pathToFileURL(path).href;
  if (!/\.[cm]?ts$/.test(path)) return import(url);
  const project = createRequire(path);
  if (isModule(path)) {
    const tsx = await optional<{ tsImport(url: string, from: string): Promise<Exports> }>(project, "tsx/esm/api");
    if (tsx) return tsx.tsImport(url, url);
    if (hasTypes()) return import(url);
    throw new CommandError(`${path}: this Node.js imports no TypeScript: run npm install --save-dev tsx`);
  }
  const typescript = await optional<Compiler>(project, "typescript");
  if (typescript) {
    compileWith(typescript);
    return project(path);
  }
  if (hasTypes()) return import(url);
  throw new CommandError(`${path}: this Node.js reads no TypeScript: run npm install --save-dev typescript`);
}

/** Whether Node.js itself leaves types out, as it does since 22.18. */
function hasTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

/** Whether Node.js takes a file for an ECMAScript module: by its ending, else by the next package.json above it. */
function isModule(path: string): boolean {
  if (/\.[mc]ts$/.test(path)) return path.endsWith(".mts");
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, "utf8")) as Exports)["type"] === "module";
    if (folder === dirname(folder)) return false;
  }
}

async function optional<T>(project: NodeJS.Require, name: string): Promise<T | undefined> {
  let path: string;
  try {
    path = project.resolve(name);
  } catch {
    return undefined;
  }
  const loaded = (await import(pathToFileURL(path).href)) as { default?: T };
  return loaded.default ?? (loaded as T);
}

/** Lets `require` read TypeScript, for the file and what it imports. */
function compileWith(typescript: Compiler): void {
  const { CommonJS } = typescript.ModuleKind;
  const compilerOptions = {
    module: CommonJS,
    target: typescript.ScriptTarget.ES2022,
    esModuleInterop: true,
    inlineSourceMap: true,
  };
  const extensions = (Module as unknown as { _extensions: Record<string, Loader> })._extensions;
  const loader: Loader = (module, file) => {
    const options = { compilerOptions, fileName: file, reportDiagnostics: true };
    const { outputText, diagnostics = [] } = typescript.transpileModule(readFileSync(file, "utf8"), options);
    const [mistake] = diagnostics;
    if (mistake) throw new SyntaxError(mistakeText(mistake, typescript));
    module._compile(outputText, file);
  };
  extensions[".ts"] = loader;
  extensions[".cts"] = loader;
}

/** The part of the package typescript that compiles one file. The project has it, so that its version is the project's choice. */
interface Compiler {
  readonly ModuleKind: { readonly CommonJS: number };
  readonly ScriptTarget: { readonly ES2022: number };
  transpileModule(text: string, options: object): { outputText: string; diagnostics?: readonly Mistake[] };
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}

interface Mistake {
  readonly file?: {
    readonly fileName: string;
    getLineAndCharacterOfPosition(start: number): { readonly line: number };
  };
  readonly start?: number;
  readonly messageText: unknown;
}

function mistakeText({ file, start, messageText }: Mistake, typescript: Compiler): string {
  const text = typescript.flattenDiagnosticMessageText(messageText, " ");
  if (!file || start === undefined) return text;
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ${text}`;
}

type Loader = (module: { _compile(text: string, file: string): void }, file: string) => void;
