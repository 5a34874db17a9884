import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Connection, JailArgs, JailReference, PermissionRuleArgs } from "../../provider/index";
import type { connectionArgs } from "../../provider/model/connection";
import type { jailArgs } from "../../provider/resources/jail/args";
import type { permissionRuleArgs } from "../../provider/resources/permission-rule/args";

/** These are proved by the compiler: an expected error that is none fails the build, and so does a new one. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const proved = <_T extends true>() => undefined;

proved<Equal<pulumi.Unwrap<JailArgs>, z.input<typeof jailArgs>>>();
proved<Equal<pulumi.Unwrap<Connection>, z.input<typeof connectionArgs>>>();
proved<Equal<pulumi.Unwrap<Omit<PermissionRuleArgs, "jail">>, Omit<z.input<typeof permissionRuleArgs>, "jail">>>();
proved<Equal<JailArgs["root"], pulumi.Input<string>>>();
proved<Equal<Connection["host"], pulumi.Input<string>>>();

const later = pulumi.output("x");
const promised = Promise.resolve(22);

const jail: JailArgs = {
  connection: { host: later, port: promised, privateKey: pulumi.secret("KEY") },
  root: later,
  user: Promise.resolve("named"),
  group: "named",
  baseline: pulumi.output({ owner: "root", group: later, fileMode: "0640", directoryMode: "0750" }),
  directories: { etc: later, "var/run": "why" },
  writable: pulumi.output({ tmp: "why" }),
  adopt: pulumi.output(true),
  onDelete: "keep",
};
const reference: JailReference = { connection: pulumi.output({ host: "h" }), root: later };
const rule: PermissionRuleArgs = {
  jail: reference,
  match: later,
  except: [later, "a"],
  order: promised,
  reason: later,
};

// @ts-expect-error: a reason is required
const noReason: PermissionRuleArgs = { jail: reference, match: "a" };
// @ts-expect-error: a jail is a Jail or its place
const noJail: PermissionRuleArgs = { jail: "named", match: "a", reason: "why" };
// @ts-expect-error: a connection knows no such word
const misspelt: JailReference = { connection: { host: "h", pasword: "x" }, root: "/r" };
// @ts-expect-error: a port is a number
const port: JailReference = { connection: { host: "h", port: "22" }, root: "/r" };
// @ts-expect-error: every directory says why
const silent: JailArgs = { ...jail, directories: { etc: true } };
// @ts-expect-error: a baseline says every field
const half: JailArgs = { ...jail, baseline: { owner: "root", group: "root", fileMode: "0640" } };
// @ts-expect-error: deletion knows no such thing
const burnt: JailArgs = { ...jail, onDelete: "burn" };
// @ts-expect-error: an argument that there is not
const unknown: JailArgs = { ...jail, exculde: {} };

test("arguments take values, promises and Outputs however deep, and nothing that there is not", () => {
  for (const args of [jail, reference, rule, noReason, noJail, misspelt, port, silent, half, burnt, unknown])
    expect(typeof args).toBe("object");
});
