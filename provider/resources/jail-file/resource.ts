import * as pulumi from "@pulumi/pulumi";
import { digestOf } from "../../model/digest";
import type { JailFileArgs as Declared, JailReference } from "../arguments";
import { childInputs } from "../child";
import { secretFlag } from "../inputs";
import type { Jail } from "../jail/resource";
import type { Told } from "../turn";

/** The arguments of a {@link JailFile}. */
export interface JailFileArgs extends Omit<Declared, "jail"> {
  /** The jail the file belongs to: a {@link Jail}, or `{connection, root}` of one that is declared elsewhere. */
  jail: Jail | JailReference;
}

const type = "pulumi-nodejs:dynamic/chroot:JailFile";

/**
 * A file in a jail, or a symbolic link: what is in it, who owns it, and what has to happen when it changes. It is put in
 * place by one rename, after a command of yours has accepted it if you give one.
 *
 * Deleting the resource removes the file, where it was not there before, and the `hostLink`.
 */
export class JailFile extends pulumi.CustomResource {
  /** What is not as declared, path to text; `{}` after `pulumi up`. */
  declare readonly drift: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: JailFileArgs, options: pulumi.CustomResourceOptions = {}) {
    const more = { plain: ["hostFile", "symlinkTo", "hostLink", "overwrite"], content: toldOf(args.content) };
    const fields = ["owner", "group", "mode"];
    const child = childInputs("JailFile", type, name, args, options, fields, ["path", "reason"], more);
    super(
      type,
      name,
      {
        ...child.inputs,
        contentIsSecret: secretFlag(args.content, args.source),
        commandIsSecret: secretFlag(args.validate, args.onChange),
        __provider: 'exports.handler=()=>require("pulumi-chroot/lifecycle").jailFile',
      },
      child.options,
    );
  }
}

/** A secret is an Output: nothing is told of it. */
function toldOf(content: JailFileArgs["content"]): Told["content"] {
  return typeof content === "string" ? { digest: digestOf(content), isSecret: false } : undefined;
}
