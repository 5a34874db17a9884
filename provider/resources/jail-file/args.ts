import { z } from "zod";
import { isArchive, isAsset } from "../../model/asset";
import {
  absoluteFileMode,
  assetField,
  commandField,
  filePathField,
  hostPathField,
  linkTargetField,
  principalField,
  reasonField,
} from "../fields";
import { jailReferenceArgs } from "../jail-reference";
import { visible } from "../visible";

/** Where a file's content comes from: one of them. */
const sources = ["content", "source", "hostFile", "symlinkTo", "directory"] as const;

/**
 * A file in a jail, a symbolic link, or a directory that the host has a link to: its content, its owner, and the command to run
 * when it changes.
 */
export const jailFileArgs = z
  .strictObject({
    /**
     * The jail of the file: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere.
     * @example jail: named
     */
    jail: jailReferenceArgs,
    /**
     * Path of the file, relative to the jail's root. Directories above it are made as the baseline says.
     * @refused `..`, absolute paths; on the host, a way through a link, a directory in its place, a place below a mount
     * point
     * @example path: "etc/named.conf"
     */
    path: filePathField.meta(visible),
    /**
     * The content, as text in UTF-8. A secret stays one: no part of it, not even its size, is shown or logged.
     * @example content: 'options { directory "/var/run"; };\n'
     */
    content: z.string().optional(),
    /**
     * The content, as an asset; or as an archive, from which `entry` is taken. It may have any size: it is sent piece
     * by piece.
     * @refused a remote asset, and an archive without `entry`
     * @example source: new pulumi.asset.FileAsset("named.conf")
     */
    source: assetField.optional(),
    /**
     * Name of the file in the archive that `source` is.
     * @example entry: "zones/example.com.db"
     */
    entry: z.string().min(1).optional().meta(visible),
    /**
     * Absolute path of a file of the host. The file in the jail is kept equal to it, and a difference is drift. Links
     * are followed where only root may write. Below another user's directory (`/run/systemd/resolve`) the path must
     * have no link, the file must belong to that user, and only that user may write there.
     * @refused on the host, every other file, as root would copy any file that is put there
     * @example hostFile: "/etc/ssl/certs/ns1.pem"
     */
    hostFile: hostPathField.optional().meta(visible),
    /**
     * The content is a secret, wherever it comes from: no text, checksum or size of it is shown or logged. A `content`
     * or a `source` that is a `pulumi.secret` needs no `secret`.
     * @defaultValue `false`
     * @example secret: true
     */
    secret: z.boolean().optional().meta(visible),
    /**
     * The path that a symbolic link points to, instead of a content. The daemon resolves it within the jail.
     * @example symlinkTo: "../run/named.key"
     */
    symlinkTo: linkTargetField.optional().meta(visible),
    /**
     * `true` for a directory with a `hostLink`, instead of a content: a whole `/etc/nsd` that people and tools find in
     * the jail. A missing directory is made as the rules and the baseline say. Other resources declare its entries.
     * @defaultValue a file or a symbolic link
     * @refused a directory without a `hostLink`: the Jail's `directories` declare it
     * @example directory: true
     */
    directory: z.literal(true).optional().meta(visible),
    /**
     * User that owns the file, by name or number.
     * @defaultValue as the rules and the baseline say
     * @example owner: "root"
     */
    owner: principalField.optional().meta(visible),
    /**
     * Group of the file, by name or number.
     * @defaultValue as `owner`
     * @example group: "bind"
     */
    group: principalField.optional().meta(visible),
    /**
     * Mode of the file, absolute: four octal digits or symbols (`"u=rw,g=r,o="`).
     * @defaultValue as `owner`
     * @example mode: "0640"
     */
    mode: absoluteFileMode.optional().meta(visible),
    /**
     * A symbolic link on the host that points to the file or directory, for tools and people: an absolute path. Root
     * reads, sources or runs files through it.
     * @refused a place in the jail; on the host, a place where anyone other than root may write, a file that the
     * declaration lets the daemon write or replace, a directory in which it may write anywhere, and one with a mount below it
     * @example hostLink: "/etc/named.conf"
     */
    hostLink: hostPathField.optional().meta(visible),
    /**
     * Puts the `hostLink` in the place of a file that is there. The registry keeps that file.
     * @defaultValue `false`
     * @example overwrite: true
     */
    overwrite: z.boolean().optional().meta(visible),
    /**
     * Command and arguments that have to accept the file before it is put in place. `{file}` is its path as the host
     * sees it, `{jailFile}` as the jail does, `{root}` the jail's root. It runs on the host, without a shell, as root
     * unless `validateUser` says otherwise.
     * @defaultValue none
     * @refused a command that contains neither `{file}` nor `{jailFile}`
     * @example validate: ["named-checkconf", "-t", "{root}", "{jailFile}"]
     */
    validate: commandField.optional(),
    /**
     * User whose rights `validate` has, by name or number: the rights of this user's group, and this user's rights to
     * the file. Its process has a number that no user on the host has, so that the daemon cannot take it over. It
     * cannot read other files that only the user itself may read.
     * @defaultValue `"root"`
     * @example validateUser: "bind"
     */
    validateUser: principalField.optional().meta(visible),
    /**
     * Command and arguments that make a change take effect. It runs on the host, as root, without a shell, once for all
     * files of the jail that change together and give the same command. If it fails, the files are as they were before,
     * and `pulumi up` fails.
     * @defaultValue none
     * @example onChange: ["rndc", "reconfig"]
     */
    onChange: commandField.optional(),
    /**
     * How long `validate` and `onChange` may take, each.
     * @defaultValue `60`
     * @unit seconds
     * @example timeLimit: 120
     */
    timeLimit: z.number().int().min(1).max(3600).optional().meta(visible),
    /**
     * Why the file is in the jail. It is shown wherever the file is.
     * @refused a blank
     * @example reason: "named reads its configuration in the jail"
     */
    reason: reasonField.meta(visible),
  })
  .superRefine((args, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    const given = sources.filter((name) => args[name] !== undefined);
    // Named by no property: the engine would print the value of a right one.
    if (given.length !== 1)
      context.addIssue({
        code: "custom",
        message: `give one of ${sources.join(", ")}${given.length === 0 ? "" : `, not ${given.join(" and ")}`}`,
      });
    if (args.entry !== undefined && !isArchive(args.source))
      refuse("entry", "names an entry of an archive, but source is not an archive");
    if (isArchive(args.source) && args.entry === undefined)
      refuse("source", "is an archive: name the file in it as entry");
    if (isAsset(args.source) && args.source.uri !== undefined)
      refuse("source", "is elsewhere: download it in the program, and give a FileAsset or StringAsset");
    if (args.symlinkTo !== undefined)
      for (const name of ["owner", "group", "mode", "validate", "secret"] as const)
        if (args[name] !== undefined) refuse(name, "is of a file: a symbolic link has none that counts");
    if (args.directory) {
      for (const name of ["owner", "group", "mode", "validate", "secret"] as const)
        if (args[name] !== undefined) refuse(name, "is of a file: a directory is as the rules and the baseline say");
      if (args.hostLink === undefined)
        refuse(
          "directory",
          "needs a hostLink, and the file has none: declare a directory alone in the Jail's directories",
        );
    }
    if (args.validate && !args.validate.some((word) => /\{(file|jailFile)\}/.test(word)))
      refuse(
        "validate",
        'names no file: "{file}" is the one to check as the host sees it, "{jailFile}" as the jail does',
      );
    if (args.validateUser !== undefined && !args.validate)
      refuse("validateUser", "is the user of validate, and the file has no validate");
    if (args.hostLink?.startsWith(`${args.jail.root}/`))
      refuse("hostLink", "is in the jail: a link there is a JailFile of its own, with symlinkTo");
    if (args.overwrite !== undefined && args.hostLink === undefined)
      refuse("overwrite", "needs a hostLink, and the file has none");
  });

export type JailFileInputs = z.output<typeof jailFileArgs>;
