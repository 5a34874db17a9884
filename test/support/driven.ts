import type { Site } from "../../provider/agent/site";
import type { Assessment } from "../../provider/engine/assess/assessment";
import { type Content, contentWish } from "../../provider/engine/assess/content";
import { differenceTexts } from "../../provider/engine/assess/drift-texts";
import type { Outcome } from "../../provider/engine/converge/job";
import { type ResourceReport, reportOn } from "../../provider/engine/report/resource-report";
import type { JailSession } from "../../provider/engine/session/jail-session";
import type { Declaration } from "../../provider/intent/declaration";
import { digestOf } from "../../provider/model/digest";
import { labelOf } from "../../provider/model/urn";
import { differenceText } from "../../provider/render/text/difference-text";
import { type DeclaredFile, fill } from "./program";
import { newSession } from "./session";

type Filled = ReturnType<typeof fill>;
/** A jail's arguments, filled in where a test does not say them. */
export type JailPart = Omit<Partial<Filled["jails"][string]>, "connection" | "root">;
export type RuleParts = Readonly<Record<string, Omit<Filled["rules"][string], "jail" | "reason">>>;

/** One run of the engine as the provider sees it, without the engine. */
export interface Driven {
  /** Converges these resources together, all of the program by default. */
  up(...names: string[]): Promise<Outcome[]>;
  /** Deletes a resource; with the jail all of them. */
  forget(name: string): Promise<void>;
  /** Compares as a preview does. */
  assess(): Promise<Assessment>;
  report(name?: string): Promise<ResourceReport>;
}

/** Files of the jail, with a text that may be a secret or whatever else the arguments say. */
export type FileParts = Readonly<
  Record<string, Omit<DeclaredFile, "jail" | "source"> & { secret?: boolean; bytes?: Content }>
>;

/** A program with one jail, named `jail`, its rules and files, and labels of what it had and has no more, in a session of its own: what one process of the provider has. */
export function drive(
  site: Site,
  jail: JailPart = {},
  rules: RuleParts = {},
  files: FileParts = {},
  departed: readonly string[] = [],
  session: JailSession = newSession(site),
): Driven {
  const { jails, rules: filled } = fill({
    jails: { jail: { adopt: true, ...jail, connection: site.connection, root: site.root } },
    rules: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { ...rule, jail: "jail" }])),
  });
  const declarations = new Map<string, Declaration>();
  const declare = (kind: string, name: string, args: Declaration["args"], content?: Content) => {
    const token = Buffer.from(name).toString("hex").padEnd(32, "0").slice(0, 32);
    const urn = `urn:pulumi:dev::test::pulumi-nodejs:dynamic/chroot:${kind}::${name}`;
    const declaration = { kind, owner: { token, label: labelOf(urn) }, args, ...contentWish(content) };
    session.declare(declaration, urn, content);
    declarations.set(name, declaration);
  };
  session.program.reserve([], new Set(departed));
  for (const { connection: _, ...args } of Object.values(jails)) declare("Jail", "jail", args);
  for (const [name, { jail: _, ...args }] of Object.entries(filled)) declare("PermissionRule", name, args);
  for (const [name, { secret = false, bytes, content, ...args }] of Object.entries(files))
    declare(
      "JailFile",
      name,
      { reason: "a test", ...(secret ? { secret } : {}), ...args },
      bytes ?? contentOf(content, secret),
    );
  const declarationOf = (name: string) => {
    const declaration = declarations.get(name);
    if (!declaration) throw new Error(`no resource ${name}`);
    return declaration;
  };
  return {
    up: (...names) =>
      Promise.all(
        (names.length > 0 ? names : [...declarations.keys()]).map((one) => session.converge(declarationOf(one))),
      ),
    forget: (name) => session.forget(declarationOf(name).owner.token ?? ""),
    assess: () => session.assess(),
    report: (name = "jail") => reportOn(declarationOf(name).owner, () => session.assess()),
  };
}

function contentOf(text: string | undefined, isSecret: boolean): Content | undefined {
  return text === undefined ? undefined : contentOfText(text, isSecret);
}

/** The content that a resource with this text puts into its file. */
export function contentOfText(text: string, isSecret = false): Content {
  return {
    digest: digestOf(text),
    isSecret,
    async *chunks() {
      yield Buffer.from(text);
    },
  };
}

/** The outcomes' errors; none when all of them are converged. */
export function errorsOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ error }) => (error ? [error.message] : []));
}

/** The live state of each path that differs, in the words of a preview. */
export async function liveTextsOf(driven: Driven): Promise<Record<string, string>> {
  const assessment = await driven.assess();
  const owners = assessment.merged.declarations.map(({ owner }) => owner);
  const texts = owners.flatMap((owner) => [...differenceTexts(assessment, owner)]);
  return Object.fromEntries(texts.map(([path, { live }]) => [path, live]));
}

/** The drift in a preview: path to `live => declared`. */
export async function driftOf(driven: Driven): Promise<Record<string, string>> {
  const { plan, observation } = await driven.assess();
  const texts = plan.differences.map((one) => [one.path, differenceText(one, observation)] as const);
  return Object.fromEntries(texts.map(([path, { live, declared }]) => [path, `${live} => ${declared}`]));
}
