import assert from "node:assert/strict";
import { account } from "../../test/support/program";
import { startHost } from "../../test/support/sshd";
import { type Cell, nodes } from "./cells";
import { type Life, whole } from "./cycle";
import { type Form, forms } from "./forms";
import { cliFolder, nodeFolder } from "./machine";
import type { Site } from "./program";
import { install, type Place, type Run, shellAt, type Tools, trust, writeForm } from "./project";
import { rolledOut } from "./rollout-cycle";

/** Runs a cell in a project of its own, and throws where something is not as it has to be. */
export async function runCell({ node, sdk, cli, form: name }: Cell, tarball: string): Promise<void> {
  const form = forms[name];
  const home = await install(sdk, [form], tarball);
  try {
    const tools = { node: await nodeFolder(nodes[node]), ...(cli === undefined ? {} : { cli: cliFolder(cli) }) };
    const place = { home, folder: "." };
    const wanted = [`v${nodes[node]}`, sdk, ...(cli === undefined ? [] : [`v${cli}`])];
    assert.deepEqual(await versions(shellAt(place, tools), tools), wanted, "the versions of the cell");
    await useForm(form, place, tools, name === "rollout" ? rolledOut : whole);
  } finally {
    home.remove();
  }
}

/** The versions that the user has: of Node.js, the SDK and the CLI. */
async function versions(run: Run, { cli }: Tools): Promise<string[]> {
  const script = 'console.log(process.version, require("@pulumi/pulumi/package.json").version)';
  const found = [await run(["node", "-e", script]), ...(cli === undefined ? [] : [await run(["pulumi", "version"])])];
  return found.flatMap((text) => text.trim().split(" "));
}

/** Uses a form at a place of an installed project: makes its checks and, with a CLI, goes through a jail's life. */
export async function useForm(form: Form, place: Place, tools: Tools, life: Life): Promise<void> {
  const run = shellAt(place, tools);
  const host = tools.cli === undefined ? undefined : await startHost({ accounts: account });
  try {
    const port = host?.port ?? 22;
    const sites = Array.from({ length: form.jails ?? 1 }, (_, at): Site => ({ port, root: `/srv/jail${at}` }));
    writeForm(place, form, sites);
    for (const check of form.checks ?? []) await run(check);
    if (!host) return;
    trust(place.home, host);
    await life(form, run, host, sites);
  } finally {
    await host?.close();
  }
}
