import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { LabHost } from "../../test/support/sshd";
import { nodes } from "./cells";
import { run } from "./command";
import type { Form } from "./forms";
import { checkout, nodeFolder, ownEnvironment, quiet, tool } from "./machine";
import type { Site } from "./program";

/** Folders of a user outside the checkout: a project with its packages, a home, and the state of the stacks. */
export interface Home {
  readonly directory: string;
  remove(): void;
}

/** Installs the packages of these forms as a user does, pulumi-chroot from its tarball. The home is made beside the tarball. */
export async function install(sdk: string, forms: readonly Form[], tarball: string): Promise<Home> {
  const directory = mkdtempSync(join(dirname(tarball), "home-"));
  const home = { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
  const app = join(directory, "app");
  for (const name of ["app", "home/.ssh", "pulumi", "state"]) mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(app, "package.json"), '{ "private": true }\n');
  const packages = [tarball, `@pulumi/pulumi@${sdk}`, ...forms.flatMap((form) => form.packages)];
  const isPnpm = forms.some(({ manager }) => manager === "pnpm");
  try {
    const command = isPnpm ? await pnpm() : ["npm", "install", ...quiet];
    await run({ directory: app, env: ownEnvironment() }, [...command, ...packages]);
    return home;
  } catch (error) {
    home.remove();
    throw error;
  }
}

async function pnpm(): Promise<string[]> {
  const node = join(await nodeFolder(nodes[24]), "node");
  const command = join(await tool("pnpm", "12.21.0"), "bin", "pnpm.mjs");
  return [node, command, "add", "--ignore-scripts", "--store-dir", join(checkout, ".cache", "matrix", "pnpm-store")];
}

/** A folder of a home's project. */
export interface Place {
  readonly home: Home;
  readonly folder: string;
}

function directoryOf({ home, folder }: Place): string {
  const directory = join(home.directory, "app", folder);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** The folders of a cell's commands: its Node.js, and its CLI if there is one. */
export interface Tools {
  readonly node: string;
  readonly cli?: string;
}

/** Runs a command as the user. */
export type Run = (command: readonly string[]) => Promise<string>;

/** The user's shell at a place; the checkout has the compiler and jest of a project that has none. */
export function shellAt(place: Place, { node, cli }: Tools): Run {
  const { directory } = place.home;
  const programs = [join(directory, "app"), checkout].map((of) => join(of, "node_modules", ".bin"));
  const env = {
    ...ownEnvironment(),
    PATH: [...programs, node, cli, dirname(process.execPath), process.env["PATH"]].filter(Boolean).join(delimiter),
    HOME: join(directory, "home"),
    PULUMI_HOME: join(directory, "pulumi"),
    PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "matrix",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  return (command) => run({ directory: directoryOf(place), env }, command);
}

/** Writes the files of a form. */
export function writeForm(place: Place, form: Form, sites: readonly Site[]): void {
  for (const [name, text] of Object.entries(form.files(sites))) {
    const file = join(directoryOf(place), name);
    // npm has noted the packages in it.
    const known = name === "package.json" && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    writeFileSync(file, known ? JSON.stringify({ ...known, ...JSON.parse(text) }) : text);
  }
}

/** Gives the user the key of the host, and the host's key. */
export function trust({ directory }: Home, { port, privateKey, hostKey }: LabHost): void {
  const ssh = join(directory, "home", ".ssh");
  writeFileSync(join(ssh, "id_ed25519"), privateKey, { mode: 0o600 });
  writeFileSync(join(ssh, "known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`);
}
