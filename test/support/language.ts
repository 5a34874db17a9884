import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Stack } from "./stack";

/** A language whose programs declare resources of the plugin. */
export type Language = "yaml" | "python" | "go";

const checkout = join(__dirname, "..", "..", "..");
const cache = join(checkout, ".cache", "languages");

/** The file of an example's program. */
export const programOf: Readonly<Record<Language, string>> = {
  yaml: "Pulumi.yaml",
  python: "__main__.py",
  go: "main.go",
};

/** Lets a stack run programs in the language: with its language host, and the SDK that `pulumi package add` would write. */
export function useLanguage(stack: Stack, language: Language): void {
  stack.env["PATH"] = [join(cache, "bin"), stack.env["PATH"]].join(delimiter);
  if (language === "python") usePython(stack);
  if (language === "go") useGo(stack);
}

/** Generates the SDK of a language from schema.json, into `sdks` of the project. */
function writeSdk({ directory }: Stack, language: "python" | "go"): string {
  const all = mkdtempSync(join(directory, "generated-"));
  execFileSync(join(cache, "bin", "generate-sdks"), [join(checkout, "schema.json"), all]);
  mkdirSync(join(directory, "sdks"));
  const sdk = join(directory, "sdks", "chroot");
  renameSync(join(all, language), sdk);
  rmSync(all, { recursive: true });
  return sdk;
}

function usePython(stack: Stack): void {
  // This language host takes the first Python on PATH; later ones take the one in the project's `virtualenv`.
  stack.env["PATH"] = [join(cache, "venv", "bin"), stack.env["PATH"]].join(delimiter);
  const sdk = writeSdk(stack, "python");
  // The SDK asks for the version that pip has installed.
  const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { version: string };
  const installed = join(sdk, `pulumi_chroot-${version}.dist-info`);
  mkdirSync(installed);
  writeFileSync(join(installed, "METADATA"), `Metadata-Version: 2.1\nName: pulumi_chroot\nVersion: ${version}\n`);
  stack.env["PYTHONPATH"] = sdk;
}

/** The modules have the versions that the language hosts were built with, so that Go has compiled them already. */
function useGo(stack: Stack): void {
  writeSdk(stack, "go");
  const built = join(checkout, "scripts", "cli", "language-yaml");
  const modules = readFileSync(join(built, "go.mod"), "utf8").replace(/^module .*|^tool \([^)]*\)/gm, "");
  const name = "github.com/pulumi-chroot/pulumi-chroot/sdk/go";
  const sdk = `require ${name} v0.0.0\n\nreplace ${name} => ./sdks/chroot\n`;
  writeFileSync(join(stack.directory, "go.mod"), `module named-go\n${modules}\n${sdk}`);
  cpSync(join(built, "go.sum"), join(stack.directory, "go.sum"));
  // HOME is another one in tests.
  const [GOCACHE = "", GOMODCACHE = ""] = execFileSync("go", ["env", "GOCACHE", "GOMODCACHE"], { encoding: "utf8" })
    .trim()
    .split("\n");
  // Without symbols a program is linked in half the time.
  const GOFLAGS = "-trimpath -buildvcs=false '-ldflags=-s -w'";
  Object.assign(stack.env, { GOCACHE, GOMODCACHE, GOTOOLCHAIN: "local", GOFLAGS });
}
