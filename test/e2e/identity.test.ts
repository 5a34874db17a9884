import { describe, expect, test } from "@jest/globals";
import { failed, ok, section, shownDrift, useLab } from "../support/e2e";
import type { Program } from "../support/program";
import type { Stack } from "../support/stack";

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

describe("a resource and its record", () => {
  const lab = useLab();
  const start = async (root: string, first: Partial<Given> = {}) => {
    const stack = await lab.stack();
    const declare = (more: Partial<Given>) =>
      stack.program(program, { root, connection: lab.host.connection, ...more });
    declare({ rule: "r", file: "f", ...first });
    ok(await stack.up());
    return { stack, declare };
  };
  const unchanged = async (stack: Stack) => expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
  const mode = async (path: string) => (await lab.host.must(`stat -c %a ${path}`)).trim();
  const records = async (root: string) =>
    (await lab.host.must(`cat /var/lib/pulumi-chroot/${root}-*/*.json`)).match(/"label": ".*"/g)?.sort() ?? [];

  test("a rule that is dropped and retained, or deleted from the state, leaves no claim that nobody watches", async () => {
    const { stack, declare } = await start("/srv/ghost", { options: { retainOnDelete: true } });
    declare({ file: "f", options: { retainOnDelete: true } });
    expect(shownDrift(ok(await stack.preview("--diff")), "app")).toStrictEqual({
      etc: "root:www 0711 => root:www 0750, LOOSER",
    });
    ok(await stack.up());
    await unchanged(stack);
    ok(await stack.pulumi("state", "delete", "--yes", stack.resource("f").urn));
    declare({});
    ok(await stack.up());
    await unchanged(stack);
    await lab.host.must("chmod 777 /srv/ghost/etc && chmod 666 /srv/ghost/etc/f");
    expect(Object.keys(shownDrift(ok(await stack.preview("--diff")), "app") ?? {})).toStrictEqual(["etc", "etc/f"]);
    ok(await stack.up());
    expect([await mode("/srv/ghost/etc"), await mode("/srv/ghost/etc/f")]).toStrictEqual(["750", "640"]);
    await unchanged(stack);
  });

  test("what moves into a component, or is renamed in the state, is the same resource", async () => {
    const { stack, declare } = await start("/srv/moved");
    const inodes = () => lab.host.must("find /srv/moved -printf '%p %i %C@ %m\\n' | sort");
    const before = await inodes();
    declare({ rule: "r", file: "f", isInComponent: true });
    const moved = ok(await stack.preview("--diff"));
    expect(moved).not.toMatch(/refused|to (update|delete|replace)/);
    ok(await stack.up());
    await unchanged(stack);
    expect(await inodes()).toBe(before);
    ok(await stack.pulumi("state", "rename", "--yes", stack.resource("r").urn, "other"));
    declare({ rule: "other", file: "f", isInComponent: true });
    await unchanged(stack);
    ok(await stack.up());
    await unchanged(stack);
    await lab.host.must("chmod 777 /srv/moved/etc && chmod 666 /srv/moved/etc/f");
    const drifted = ok(await stack.preview("--diff"));
    expect(shownDrift(drifted, "other")).toStrictEqual({ etc: "0777 => 0711" });
    expect(Object.keys(shownDrift(drifted, "f") ?? {})).toStrictEqual(["etc/f"]);
    expect(shownDrift(drifted, "app")).toBe(undefined);
    ok(await stack.up());
    await unchanged(stack);
    expect((await records("moved")).length).toStrictEqual(3);
  });

  test("a Jail that is retained and has another name then has one record", async () => {
    const { stack, declare } = await start("/srv/jails", { options: { retainOnDelete: true } });
    declare({ jail: "again", rule: "r", file: "f" });
    ok(await stack.up());
    expect(await records("jails")).toStrictEqual([
      '"label": "Jail::again"',
      '"label": "JailFile::f"',
      '"label": "PermissionRule::r"',
    ]);
    await unchanged(stack);
  });

  test("an up without a preview changes nothing where another resource has a mistake, or is protected", async () => {
    const { stack, declare } = await start("/srv/whole", { options: { protect: true } });
    await lab.host.must("chmod 777 /srv/whole");
    declare({ rule: "r", fileMode: "0999", options: { protect: true } });
    const mistaken = failed(await stack.up());
    expect(mistaken).toMatch(/PermissionRule::r: fileMode: .*0999/);
    expect(await mode("/srv/whole")).toBe("777");
    declare({ file: "f", options: { protect: true } });
    for (const _ of ["once", "again"]) {
      expect(failed(await stack.up())).toMatch(/protect/);
      expect(await mode("/srv/whole/etc")).toBe("711");
    }
    declare({ rule: "r", file: "f" });
    ok(await stack.up());
    declare({ file: "f" });
    ok(await stack.up());
    expect(await mode("/srv/whole/etc")).toBe("750");
    await unchanged(stack);
    const destroyed = ok(await stack.destroy());
    expect(destroyed).toMatch(
      /:\/srv\/whole: Jail::app is forgotten: \/srv\/whole and its contents stay unchanged.*adopt: true/,
    );
  });

  test("a rule below a Jail whose arguments are not known yet is not checked, and that is said", async () => {
    const args = { ...lab.jail("/srv/unknown", { directories: { etc: "a test" } }), user: "www", group: "www" };
    const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
    const stack = await lab.stack();
    const declare = (isLater: boolean) =>
      stack.program(
        ({ Jail, PermissionRule }, { given, later }) => {
          const first = new Jail("first", { ...given, root: "/srv/first" });
          const user = later ? first.machineId.apply(() => "www") : "www";
          const jail = new Jail("app", { ...given, user });
          if (later) new Jail("second", { ...given, root: first.machineId.apply(() => "/srv/second") });
          new PermissionRule("r", { jail, match: "etc", directoryMode: "0711", reason: "a test" });
        },
        { given: { ...args, baseline, ...(isLater ? { writable: { tmp: "a test" } } : {}) }, later: isLater },
      );
    declare(false);
    ok(await stack.up());
    declare(true);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "r")?.["(host)"] ?? "").toMatch(
      /^not checked: some arguments of its Jail are not known/,
    );
    expect(section(preview, "app") ?? "").toMatch(/not checked: some of its arguments are not known/);
    ok(await stack.up());
    await unchanged(stack);
  });
});
