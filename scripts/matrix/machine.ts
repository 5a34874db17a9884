import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { today } from "./cells";
import { run } from "./command";

export const checkout = join(__dirname, "..", "..", "..");
const cache = join(checkout, ".cache", "matrix");
const { builtDir } = require(join(checkout, "scripts", "pulumi-bin.js")) as { builtDir: string };

/** npm without its questions, and with the packages of its cache. */
export const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];

/** Variables of the `npm test` around this, of the user's Pulumi and of their SSH keys, which a command of a cell must not get. */
const foreign = /^(PULUMI_|SSH_AUTH_SOCK$|INIT_CWD$|NODE_|npm_(?!config_)|npm_config_(local|global)_prefix$)/;

export function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** The folder of a Node.js of this version. */
export async function nodeFolder(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  return join(await tool(name, version), "bin");
}

/** The folder of an npm package of this version, which is downloaded once. */
export async function tool(name: string, version: string): Promise<string> {
  const folder = join(cache, `${name}-${version}`);
  const inside = join(folder, "node_modules", name);
  if (existsSync(inside)) return inside;
  const half = `${folder}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  try {
    writeFileSync(join(half, "package.json"), '{ "private": true }\n');
    await run({ directory: half, env: ownEnvironment() }, ["npm", "install", ...quiet, `${name}@${version}`]);
    // In one step: a folder that exists is whole.
    rmSync(folder, { recursive: true, force: true });
    renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return inside;
}

/** The folder of the CLI of this version, which scripts/setup/matrix-clis.js has built. */
export function cliFolder(version: string): string {
  return version === today.cli ? builtDir : join(checkout, ".cache", `pulumi-${version}`, "bin");
}

/** Packs the checkout into `folder` as `npm publish` does, and gives the tarball's path. */
export async function pack(folder: string): Promise<string> {
  const shell = { directory: checkout, env: ownEnvironment() };
  const options = ["--json", "--silent", "--ignore-scripts", "--pack-destination", folder];
  const output = await run(shell, ["npm", "pack", ...options]);
  const [{ filename }] = JSON.parse(output) as [{ filename: string }];
  return join(folder, filename);
}
