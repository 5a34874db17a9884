import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };

/** Compiles the TypeScript files of a folder, each beside its source; `npm run typecheck` checks their types. */
export function compileProgram(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    const { outputText } = ts.transpileModule(readFileSync(join(folder, file), "utf8"), { compilerOptions });
    writeFileSync(join(folder, file.replace(/\.ts$/, ".js")), outputText);
  }
}
