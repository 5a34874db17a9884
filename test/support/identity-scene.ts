import { expect } from "@jest/globals";
import { type Lab, ok, shownDrift } from "./e2e";
import type { Program } from "./program";
import type { Stack } from "./stack";

/** A jail with a directory, a rule for it and a file, and how this version of the program names and keeps them. */
interface Given {
  readonly root: string;
  readonly connection: object;
  readonly jail?: string;
  readonly rule?: string;
  readonly file?: string;
  readonly options?: { readonly protect?: boolean; readonly retainOnDelete?: boolean };
  /** Both are children of a component, and were none. */
  readonly isInComponent?: boolean;
  readonly fileMode?: string;
}

const program: Program<Given> = ({ Jail, JailFile, PermissionRule }, given, { ComponentResource, runtime }) => {
  const { root, connection, isInComponent, fileMode } = given;
  const { protect, ...options } = given.options ?? {};
  // Protects all resources of some types, as a program would.
  if (protect)
    runtime.registerStackTransformation(({ type, props, opts }) =>
      type.endsWith(":Jail") ? undefined : { props, opts: { ...opts, protect } },
    );
  const parent = isInComponent ? new ComponentResource("my:index:Part", "part") : undefined;
  const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
  const reason = "a test";
  const args = { root, user: "www", group: "www", baseline, directories: { etc: reason }, adopt: true };
  const jail = new Jail(
    given.jail ?? "app",
    { ...args, connection: connection as { host: string } },
    { retainOnDelete: options.retainOnDelete ?? false },
  );
  const all = { ...options, ...(parent ? { parent, aliases: [{ parent: undefined as never }] } : {}) };
  if (given.rule)
    new PermissionRule(
      given.rule,
      { jail, match: "etc", directoryMode: "0711", ...(fileMode ? { fileMode } : {}), reason },
      all,
    );
  if (given.file) new JailFile(given.file, { jail, path: "etc/f", content: "x", mode: "0600", reason }, all);
};

/** A stack that has made a jail with a rule and a file, unless `first` differs, and a function that declares its next version. */
export async function startDeclaring(lab: Lab, root: string, first: Partial<Given> = {}) {
  const stack = await lab.stack();
  const declare = (more: Partial<Given>) => stack.program(program, { root, connection: lab.host.connection, ...more });
  declare({ rule: "r", file: "f", ...first });
  ok(await stack.up());
  return { stack, declare };
}

export const unchanged = async (stack: Stack) =>
  expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);

export const modeOf = async (lab: Lab, path: string) => (await lab.host.must(`stat -c %a ${path}`)).trim();

/** Changes the paths of the rule and of the file: the preview shows each under its own resource, and neither under the jail. */
export async function expectOwnDrift(lab: Lab, stack: Stack, rule: string): Promise<void> {
  await lab.host.must("chmod 777 /srv/moved/etc && chmod 666 /srv/moved/etc/f");
  const drifted = ok(await stack.preview("--diff"));
  expect(shownDrift(drifted, rule)).toStrictEqual({ etc: "0777 => 0711" });
  expect(Object.keys(shownDrift(drifted, "f") ?? {})).toStrictEqual(["etc/f"]);
  expect(shownDrift(drifted, "app")).toBe(undefined);
}
