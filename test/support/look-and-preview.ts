import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { JailReport } from "../../provider";
import { lookForDrift } from "../../provider/drift/look-for-drift";
import { readStates, type StackChoice } from "../../provider/drift/read-states";
import { jsonReport } from "../../provider/report/json";
import type { Stack } from "./stack";

/** The assessments of a preview, by host. */
export async function previewed(stack: Stack): Promise<Map<JailReport["host"], JailReport>> {
  const folder = join(stack.directory, "assessments");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  stack.env["PULUMI_CHROOT_ASSESSMENTS"] = folder;
  const { code, output } = await stack.preview();
  assert.equal(code, 0, output);
  const found: JailReport[] = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  return new Map(found.map((one) => [one.host, one]));
}

/** The hosts of a look for drift without a program. */
export async function lookedAt(
  { directory, env }: Stack,
  stacks: StackChoice["stacks"],
): Promise<readonly { readonly name: string; readonly jails: readonly JailReport[] }[]> {
  const report = await lookForDrift({ name: "looked", stacks: await readStates({ stacks, directory, env }) });
  return (JSON.parse(jsonReport(report)) as { hosts: { name: string; jails: JailReport[] }[] }).hosts;
}

/** The same as {@link previewed} of a look for drift without a program. */
export async function looked(
  stack: Stack,
  stacks: StackChoice["stacks"],
): Promise<Map<JailReport["host"], JailReport>> {
  const hosts = await lookedAt(stack, stacks);
  return new Map(hosts.flatMap(({ jails }) => jails.map((one) => [one.host, one] as const)));
}
