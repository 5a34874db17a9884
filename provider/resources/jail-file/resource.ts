import * as pulumi from "@pulumi/pulumi";
import { digestOf } from "../../model/digest";
import type { JailFileArgs as Declared, JailReference } from "../arguments";
import { childInputs } from "../child-inputs";
import { expectJail } from "../constructor-checks";
import { hiddenInputs } from "../hidden-inputs";
import type { Jail } from "../jail/resource";
import type { ChildOutputs } from "../outputs";
import { secretFlag } from "../secret-inputs";
import type { Told } from "../turn";
import { jailFileKind } from "./kind";

/** The arguments of a {@link JailFile}. */
export interface JailFileArgs extends Omit<Declared, "jail"> {
  /**
   * The jail of the file: a {@link Jail}, or `{connection, root}` of a jail that is declared elsewhere.
   * @example jail: named
   */
  jail: Jail | JailReference;
}

export interface JailFile extends ChildOutputs<JailFileArgs> {}

/**
 * A file in a jail, a symbolic link, or a directory that the host has a link to: its content, its owner, and the command to run
 * when it changes. It is put in place by one rename, after your `validate` command, if any, has accepted it.
 *
 * Deleting the resource removes the file, unless it was there before, and the `hostLink`. If its Jail is deleted with it, the
 * Jail's `onDelete` decides: `keep` leaves both.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the SDK sets them all.
export class JailFile extends pulumi.CustomResource {
  /** The differences from the declaration, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: JailFileArgs, options: pulumi.CustomResourceOptions = {}) {
    expectJail(`JailFile ${name}`, args);
    const more = {
      plain: ["hostFile", "secret", "symlinkTo", "directory", "hostLink", "overwrite"],
      content: toldOf(args),
      plainContent: { content: args.content, source: args.source },
    };
    const fields = ["owner", "group", "mode"];
    const child = childInputs(
      { kind: jailFileKind, fields, parts: ["path", "reason"] },
      { name, args: hidden(args), options },
      more,
    );
    super(
      child.type,
      name,
      {
        ...child.inputs,
        [hiddenInputs.contentIsSecret]: secretFlag(args.content, args.source, args.hostFile),
        [hiddenInputs.commandIsSecret]: secretFlag(args.validate, args.onChange),
      },
      child.options,
    );
    child.made.resource = this;
  }
}

/** With `secret` the state keeps the content as one, too. */
function hidden(args: JailFileArgs): JailFileArgs {
  const { secret = false, content, source } = args;
  if (secret === false) return args;
  return {
    ...args,
    ...(content === undefined ? {} : { content: pulumi.secret(content) }),
    ...(source === undefined ? {} : { source: pulumi.secret(source) }),
  };
}

/** A secret content is told to no other resource. */
function toldOf({ content, secret = false }: JailFileArgs): Told["content"] {
  return typeof content === "string" && secret === false ? { digest: digestOf(content), isSecret: false } : undefined;
}
