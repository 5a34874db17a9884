import * as pulumi from "@pulumi/pulumi";
import { printable } from "../../model/bytes";
import type { JailArgs } from "../arguments";
import { face } from "../face";
import { Jail } from "../jail/resource";
import { JailFile, type JailFileArgs } from "../jail-file/resource";
import { PermissionRule, type PermissionRuleArgs } from "../permission-rule/resource";
import { isLater } from "../secret-inputs";
import { Wrapper, type WrapperArgs } from "../wrapper/resource";

/** The arguments of a {@link JailBundle}: the Jail's own, and the resources in it by name. */
export interface JailBundleArgs extends JailArgs {
  /**
   * PermissionRules by name, without their `jail`.
   * @defaultValue none
   * @example rules: { var: { match: "var", directoryMode: "0710", reason: "only the way to var/run" } }
   */
  readonly rules?: Readonly<Record<string, Omit<PermissionRuleArgs, "jail">>>;
  /**
   * JailFiles by name, without their `jail`. A file with `validate` is put in place after all files without, because its check may
   * read them.
   * @defaultValue none
   * @example files: { conf: { path: "etc/app.conf", content: "port = 80", reason: "the daemon reads it" } }
   */
  readonly files?: Readonly<Record<string, Omit<JailFileArgs, "jail">>>;
  /**
   * Wrappers by name, without their `jail`.
   * @defaultValue none
   * @example wrappers: { start: { path: "/usr/local/sbin/start-app", command: ["/bin/app"], reason: "the unit runs it" } }
   */
  readonly wrappers?: Readonly<Record<string, Omit<WrapperArgs, "jail">>>;
}

/**
 * A whole jail as one component: the Jail, its rules, its files and its wrappers. They are declared together, so a new jail is
 * complete in one `up`, a dropped rule takes one, and an existing jail whose entries are right is taken over without a change.
 * Programs in YAML, Python, Go, C# and Java declare jails by it.
 */
export class JailBundle extends pulumi.ComponentResource {
  /** The Jail's `findings`. */
  readonly findings: pulumi.Output<string[]>;
  /** The Jail's `notChecked`. */
  readonly notChecked: pulumi.Output<string[]>;
  /** The host's machine-id. */
  readonly machineId: pulumi.Output<string>;

  constructor(name: string, args: JailBundleArgs, options?: pulumi.ComponentResourceOptions) {
    super("chroot:index:JailBundle", name, {}, options);
    const { rules, files, wrappers, ...own } = args;
    // The engine makes a component wait, and not the resources in it.
    const { dependsOn } = options ?? {};
    const waits = dependsOn === undefined ? {} : { dependsOn };
    const jail = new Jail(name, own, { ...this.#member("Jail", name), ...waits });
    for (const [key, rule] of members(name, "rules", rules))
      new PermissionRule(`${name}-${key}`, { ...rule, jail }, this.#member("PermissionRule", key));
    const declared = members(name, "files", files);
    const declare = ([key, file]: (typeof declared)[number], after: readonly JailFile[]) =>
      new JailFile(`${name}-${key}`, { ...file, jail }, { ...this.#member("JailFile", key), dependsOn: [...after] });
    const unchecked = declared.filter(([, { validate }]) => validate === undefined).map((one) => declare(one, []));
    for (const one of declared) if (one[1].validate !== undefined) declare(one, unchecked);
    for (const [key, wrapper] of members(name, "wrappers", wrappers))
      new Wrapper(`${name}-${key}`, { ...wrapper, jail }, this.#member("Wrapper", key));
    this.findings = jail.findings;
    this.notChecked = jail.notChecked;
    this.machineId = jail.machineId;
    this.registerOutputs(this.results);
  }

  /** Options of a resource of the component, which takes over one of the other face that is a part of no component and has this name. */
  #member(kind: string, name: string): pulumi.CustomResourceOptions {
    const { otherType: type } = face(kind);
    return { parent: this, aliases: [{ type, name, parent: pulumi.rootStackResource }] };
  }

  /** The outputs by name. */
  get results(): pulumi.Inputs {
    const { findings, notChecked, machineId } = this;
    return { findings, notChecked, machineId };
  }
}

/** The resources of one argument. Their names make URNs, so that they have to be known at once. */
function members<T extends object>(
  name: string,
  argument: string,
  map: Readonly<Record<string, T>> = {},
): [string, T][] {
  const refuse = (why: string) => new Error(printable(`JailBundle ${name}: ${argument} ${why}`));
  if (isLater(map) || typeof map !== "object" || Array.isArray(map)) throw refuse("is not a map of names to arguments");
  for (const [key, one] of Object.entries(map))
    if (isLater(one) || typeof one !== "object" || one === null || Array.isArray(one))
      throw refuse(`has ${JSON.stringify(key)} without arguments: give a map`);
  return Object.entries(map);
}
