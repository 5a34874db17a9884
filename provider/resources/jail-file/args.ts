import { z } from "zod";
import { isArchive, isAsset } from "../../model/asset";
import {
  absoluteFileMode,
  assetField,
  filePathField,
  hostPathField,
  linkTargetField,
  principalField,
  reasonField,
  wordField,
} from "../fields";
import { jailReferenceArgs } from "../permission-rule/args";

/** Where a file's content comes from: one of them. */
const sources = ["content", "source", "hostFile", "symlinkTo"] as const;

/** A file in a jail, or a symbolic link: what is in it, who owns it, and what has to happen when it changes. */
export const jailFileArgs = z
  .strictObject({
    /** The jail the file belongs to: a `Jail`, or `{connection, root}` of one that is declared elsewhere. */
    jail: jailReferenceArgs,
    /**
     * Path of the file, relative to the jail's root. Directories above it are made as the baseline says. Replaces on change.
     * Refused: `..`, absolute paths; on the host, a way through a link, a directory in its place, a place below a mount point.
     */
    path: filePathField,
    /** The content, as text in UTF-8. One that is a secret stays one: nothing of it, its size included, is shown or logged. */
    content: z.string().optional(),
    /** The content, as an asset; or as an archive, of which `entry` is taken. Of any size: it is sent piece by piece. */
    source: assetField.optional(),
    /** Name of the file in the archive that `source` is. */
    entry: z.string().min(1).optional(),
    /**
     * A file of the host, as an absolute path: the one in the jail is kept equal to it, and that it is not is drift. Links are
     * followed where only root may write. Below a directory of somebody else's (`/run/systemd/resolve`) only a file of that user's
     * is taken, by no link, and where nobody else may write; the rest is refused: root would copy whatever is put there.
     */
    hostFile: hostPathField.optional(),
    /** The path that a symbolic link points to, instead of a content. The daemon resolves it within the jail. */
    symlinkTo: linkTargetField.optional(),
    /** User that owns the file, by name or number. Default: as the rules and the baseline say. */
    owner: principalField.optional(),
    /** Group of the file, by name or number. Default as `owner`. */
    group: principalField.optional(),
    /** Mode of the file, absolute: four octal digits (`"0640"`) or symbols (`"u=rw,g=r,o="`). Default as `owner`. */
    mode: absoluteFileMode.optional(),
    /**
     * A symbolic link on the host that points to the file, for tools and people: an absolute path in directories where only
     * root may write.
     */
    hostLink: hostPathField.optional(),
    /** Put the `hostLink` in the place of a file that is there; it is kept in the registry. Default false. */
    overwrite: z.boolean().optional(),
    /**
     * Command and arguments that have to accept the file before it is put in place: `["named-checkconf", "-t", "{root}",
     * "{jailFile}"]`. `{file}` is its path as the host sees it, `{jailFile}` as the jail does, `{root}` the jail's root; one of
     * the first two has to be there. It runs on the host, without a shell, as root unless `validateUser` says otherwise.
     */
    validate: z.array(wordField).min(1).optional(),
    /** User that `validate` runs as, by name or number, with this user's group alone. */
    validateUser: principalField.optional(),
    /**
     * Command and arguments that make a change count, such as `["rndc", "reconfig"]`; run on the host, as root, without a shell,
     * once for all files of the jail that change together and give the same command. Where it fails, the files are as they
     * were before, and `pulumi up` fails.
     */
    onChange: z.array(wordField).min(1).optional(),
    /** Seconds that `validate` and `onChange` may take, each. Default 60. */
    timeLimit: z.number().int().min(1).max(3600).optional(),
    /** Why the file is in the jail. Required; it is shown wherever the file is. */
    reason: reasonField,
  })
  .superRefine((args, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const given = sources.filter((name) => args[name] !== undefined);
    // Of no property: the engine would print the value of one that is right.
    if (given.length !== 1)
      context.addIssue({
        code: "custom",
        message: `give one of ${sources.join(", ")}${given.length === 0 ? "" : `, not ${given.join(" and ")}`}`,
      });
    if (args.entry !== undefined && !isArchive(args.source))
      refuse("entry", "is a name in an archive, and source is none");
    if (isArchive(args.source) && args.entry === undefined)
      refuse("source", "is an archive: name the file in it as entry");
    if (isAsset(args.source) && args.source.uri !== undefined)
      refuse("source", "is elsewhere: download it in the program, and give a FileAsset or StringAsset");
    if (args.symlinkTo !== undefined)
      for (const name of ["owner", "group", "mode", "validate"] as const)
        if (args[name] !== undefined) refuse(name, "is of a file: a symbolic link has none that counts");
    if (args.validate && !args.validate.some((word) => /\{(file|jailFile)\}/.test(word)))
      refuse(
        "validate",
        'names no file: "{file}" is the one to check as the host sees it, "{jailFile}" as the jail does',
      );
    if (args.validateUser !== undefined && !args.validate)
      refuse("validateUser", "is the user of validate, and there is none");
    if (args.hostLink?.startsWith(`${args.jail.root}/`))
      refuse("hostLink", "is in the jail: a link there is a JailFile of its own, with symlinkTo");
    if (args.overwrite !== undefined && args.hostLink === undefined)
      refuse("overwrite", "is about hostLink, and there is none");
  });

export type JailFileInputs = z.output<typeof jailFileArgs>;
