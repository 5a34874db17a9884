import { z } from "zod";
import { connectionArgs } from "../../model/connection";
import { globField, modeOrAnyField, principalField, reasonField, rootField } from "../fields";

/** The jail a resource belongs to: a `Jail`, or connection and root of one that is declared elsewhere. */
export const jailReferenceArgs = z.strictObject({
  /** How to reach the host over SSH. */
  connection: connectionArgs,
  /** Root of a jail that a `Jail` declares, here or in another stack. Replaces on change. */
  root: rootField,
});

/** Owner, group or modes of the paths in a jail that a glob matches, where they differ from the baseline. */
export const permissionRuleArgs = z
  .strictObject({
    /** The jail the rule belongs to: a `Jail`, or `{connection, root}` of one that is declared elsewhere. */
    jail: jailReferenceArgs,
    /**
     * Path, or glob, relative to the jail's root (`.` is the root itself). `*`, `?` and `[…]` stay within a component and
     * match dotfiles, `**` goes across, `a/**` is everything below `a` and not `a`. Regular files and directories only.
     */
    match: globField,
    /** User that owns what matches, by name or number; `any` does not hold the owner. */
    owner: principalField.optional(),
    /** Group of what matches, by name or number; `any` does not hold the group. */
    group: principalField.optional(),
    /**
     * Mode of the regular files that match: four octal digits, or symbols. Relative ones (`"g+w"`, `"o="`) are applied to
     * the mode composed so far. `any` does not hold it (setuid and setgid are still refused).
     */
    fileMode: modeOrAnyField.optional(),
    /** Mode of the directories that match; as `fileMode`. */
    directoryMode: modeOrAnyField.optional(),
    /** Globs that the rule leaves out, relative to the jail's root. */
    except: z.array(globField).optional(),
    /** Rules with a higher number win; of one number, literal paths win over globs. Default 100. */
    order: z.number().int().min(0).max(1_000_000).optional(),
    /** Why these paths differ from the baseline. Required; it is shown wherever the rule is. */
    reason: reasonField,
  })
  .superRefine((args, context) => {
    const sets = [args.owner, args.group, args.fileMode, args.directoryMode];
    if (sets.every((value) => value === undefined))
      context.addIssue({
        code: "custom",
        path: ["owner"],
        message: "the rule sets nothing: give at least one of owner, group, fileMode, directoryMode",
      });
  });

export type PermissionRuleInputs = z.output<typeof permissionRuleArgs>;
