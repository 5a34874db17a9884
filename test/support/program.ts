import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type * as chroot from "../../provider";
import type { jailArgs } from "../../provider/resources/jail/args";
import type { jailFileArgs } from "../../provider/resources/jail-file/args";
import type { permissionRuleArgs } from "../../provider/resources/permission-rule/args";

type Chroot = typeof chroot;

/** A Pulumi program. Its text runs in another process: it can use its parameters and nothing else. */
export type Program<G> = (chroot: Chroot, given: G, sdk: typeof pulumi) => unknown;

type JailData = z.input<typeof jailArgs>;
type RuleData = z.input<typeof permissionRuleArgs>;
type FileData = z.input<typeof jailFileArgs>;

/** A jail with `connection` and `root` given, and whatever else differs from {@link ordinary}. */
export type DeclaredJail = Pick<JailData, "connection" | "root"> & Partial<JailData>;
/** A rule of a declared jail, by its name, or of one that is declared elsewhere. Why it is there: "a test" by default. */
export type DeclaredRule = Omit<RuleData, "jail" | "reason"> & { jail: string | RuleData["jail"]; reason?: string };

/** A file of a declared jail, by its name; its `source`, if any, is the path of a local file. */
export type DeclaredFile = Omit<FileData, "jail" | "reason" | "source"> & {
  jail: string | FileData["jail"];
  reason?: string;
  source?: string;
};

/** Jails, rules and files by name. */
export interface Declared {
  readonly jails?: Readonly<Record<string, DeclaredJail>>;
  readonly rules?: Readonly<Record<string, DeclaredRule>>;
  readonly files?: Readonly<Record<string, DeclaredFile>>;
}

interface Filled {
  readonly jails: Readonly<Record<string, JailData>>;
  readonly rules: Readonly<Record<string, Omit<RuleData, "jail"> & { jail: string | RuleData["jail"] }>>;
  readonly files: Readonly<Record<string, DeclaredFile & { reason: string }>>;
}

/** The daemon of the tests' jails. */
export const account = { www: { uid: 1033, gid: 1033 } };

/** The default arguments of a jail: root owns everything, the daemon reads, and no other user does. */
const ordinary = {
  user: "www",
  group: "www",
  baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
};

export function fill({ jails = {}, rules = {}, files = {} }: Declared): Filled {
  const map = <T, U>(of: Readonly<Record<string, T>>, change: (value: T) => U) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
  return {
    jails: map(jails, (jail) => ({ ...ordinary, ...jail })),
    rules: map(rules, (rule) => ({ reason: "a test", ...rule })),
    files: map(files, (file) => ({ reason: "a test", ...file })),
  };
}

/** The program of plain declarations. */
export const declared: Program<Filled> = ({ Jail, JailFile, PermissionRule }, { jails, rules, files }, { asset }) => {
  const made = Object.entries(jails).map(([name, args]) => [name, new Jail(name, args)] as const);
  const jailOf = <T extends object>(of: string | T) => {
    const jail = typeof of === "string" ? made.find(([other]) => other === of)?.[1] : of;
    if (!jail) throw new Error(`no jail ${String(of)}`);
    return jail;
  };
  for (const [name, { jail, ...args }] of Object.entries(rules))
    new PermissionRule(name, { ...args, jail: jailOf(jail) });
  for (const [name, { jail, source, ...args }] of Object.entries(files)) {
    const from = source === undefined ? {} : { source: new asset.FileAsset(source) };
    new JailFile(name, { ...args, ...from, jail: jailOf(jail) });
  }
};
