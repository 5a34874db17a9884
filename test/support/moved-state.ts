import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as sdk from "@pulumi/pulumi";
import type { Values } from "./dynamic-provider";
import type { Program } from "./program";
import type { LabHost } from "./sshd";
import type { Ran, Stack } from "./stack";
import { newsOf, type Stored, storedState, storeRecords } from "./stored";

/** Resources of a fixture, as a release has stored them, and as a program declares them. */
export interface Moved {
  readonly stored: readonly Stored[];
  readonly jail: string;
  readonly declared: readonly Declared[];
}

interface Declared {
  readonly kind: string;
  readonly name: string;
  readonly args: Values;
  readonly isSecret: boolean;
}

/**
 * The resources of a fixture on a host, with the fixture's name in their names, so that one stack has all fixtures. `perform`
 * puts records of them into the host's registry.
 */
export async function movedState(fixture: string, host: LabHost): Promise<Moved> {
  const connection = { ...host.connection };
  const text = await storedState<State>(fixture, host, connection, corrected).then(JSON.stringify);
  const renamed = text.replace(/\b(Jail|JailFile|PermissionRule|Wrapper)::(\w+)/g, `$1::$2-${fixture}`);
  const { registry, jail, permissionRule, resources } = JSON.parse(renamed) as State;
  const stored = resources ?? [jail, permissionRule].filter((one) => one !== undefined);
  await storeRecords(host, registry, stored);
  return { stored, jail: `site-${fixture}`, declared: stored.map(declaredOf) };
}

interface State {
  readonly registry: string;
  readonly jail?: Stored;
  readonly permissionRule?: Stored;
  readonly resources?: readonly Stored[];
}

/** Arguments that are refused since their release, as a person corrects them. */
function corrected(value: Values, key: string): Values {
  if (key === "net/ours") return { ...value, allowDangerous: "a reason" };
  return "hostLink" in value ? { ...value, owner: "root" } : value;
}

function declaredOf(stored: Stored): Declared {
  const args = Object.entries(newsOf(stored)).filter(([key]) => !/^(__.*|claims|jail|\w+IsSecret)$/.test(key));
  const [, kind = "", name = ""] = /:(\w+)::([^:]+)$/.exec(stored.urn) ?? [];
  return { kind, name, args: Object.fromEntries(args), isSecret: isSecret(stored.inputs) };
}

function isSecret(inputs: Values): boolean {
  return (inputs["contentIsSecret"] ?? inputs["__contentIsSecret"]) === true;
}

/** Makes the stored resources the state of a stack of the project `fixture`, with their secrets. */
export function importState(stack: Stack, all: readonly Moved[]): Promise<Ran> {
  const provider = "urn:pulumi:dev::fixture::pulumi:providers:pulumi-nodejs::default";
  const id = "5b4f4ed8-9f43-4d17-9c4e-4a0f8f9d1c11";
  const own = all.flatMap(({ stored }) =>
    stored.map(({ urn, id: token, inputs, outputs }) => ({
      ...{ urn, custom: true, id: token, type: urn.split("::")[2], provider: `${provider}::${id}` },
      inputs: withSecrets(inputs, isSecret(inputs)),
      outputs: withSecrets(outputs, isSecret(inputs)),
    })),
  );
  const stackType = "pulumi:pulumi:Stack";
  const resources = [
    { urn: `urn:pulumi:dev::fixture::${stackType}::fixture-dev`, custom: false, type: stackType },
    { urn: provider, custom: true, id, type: "pulumi:providers:pulumi-nodejs", inputs: {}, outputs: {} },
    ...own,
  ];
  const manifest = { time: "2026-12-01T00:00:00Z", magic: "", version: "" };
  const file = join(stack.directory, "deployment.json");
  const [, salt] = /^encryptionsalt: (.*)$/m.exec(readFileSync(join(stack.directory, "Pulumi.dev.yaml"), "utf8")) ?? [];
  const secrets_providers = { type: "passphrase", state: { salt } };
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, secrets_providers, resources } }));
  return stack.pulumi("stack", "import", "--force", "--file", file);
}

function withSecrets(values: Values, hidesContent: boolean): Values {
  const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
  });
  return JSON.parse(JSON.stringify(values), (key, value) =>
    key === "privateKey" || (hidesContent && key === "content") ? secret(value) : value,
  );
}

type Form = "plain dynamic resources" | "plain resources of the plugin" | "bundles by class" | "bundles of the plugin";

/** Declares the resources in one of the forms that a program may have. */
export function declareMoved(stack: Stack, form: Form, all: readonly Moved[]): void {
  writeFileSync(join(stack.directory, "asset.txt"), "from an asset\n");
  stack.program(program, { form, jails: all.map(({ jail, declared }) => ({ jail, declared })) });
}

const program: Program<{ form: Form; jails: readonly Omit<Moved, "stored">[] }> = (chroot, { form, jails }, pulumi) => {
  class Plain extends pulumi.CustomResource {}
  const ofPlugin = (kind: string, name: string, args: sdk.Inputs, dependsOn: sdk.Resource[]) =>
    new Plain(`chroot:index:${kind}`, name, args, {
      dependsOn,
      aliases: [{ type: `pulumi-nodejs:dynamic/chroot:${kind}` }],
    });
  for (const { jail: name, declared } of jails) {
    const argsOf = ({ args, isSecret }: Declared): sdk.Inputs => ({
      ...args,
      ...(isSecret ? { content: pulumi.secret(args["content"]) } : {}),
      ...(args["source"] === undefined ? {} : { source: new pulumi.asset.FileAsset("asset.txt") }),
    });
    const mapOf = (kind: string) =>
      Object.fromEntries(declared.filter((one) => one.kind === kind).map((one) => [one.name, argsOf(one)]));
    const { [name]: own = {} } = mapOf("Jail");
    const parts = { rules: mapOf("PermissionRule"), files: mapOf("JailFile"), wrappers: mapOf("Wrapper") };
    const members = declared.filter(({ kind }) => kind !== "Jail");
    const { connection, root } = own as { connection: { host: string }; root: string };
    if (form === "plain dynamic resources") {
      const jail = new chroot.Jail(name, own as never);
      for (const one of members) new chroot[one.kind as "JailFile"](one.name, { ...argsOf(one), jail } as never);
    } else if (form === "plain resources of the plugin") {
      const jail = ofPlugin("Jail", name, own, []);
      for (const one of members) ofPlugin(one.kind, one.name, { ...argsOf(one), jail: { connection, root } }, [jail]);
    } else if (form === "bundles by class") new chroot.JailBundle(name, { ...own, ...parts } as never);
    else new pulumi.ComponentResource("chroot:index:JailBundle", name, { ...own, ...parts }, {}, true);
  }
};
