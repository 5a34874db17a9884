import { z } from "zod";
import { claimFields } from "../../intent/claim";
import { globProblem, parseGlob } from "../../intent/glob/glob";
import { aclField, capabilitiesField, globField, modeOrAnyField, principalField, reasonField } from "../fields";
import { jailReferenceArgs } from "../jail-reference";
import { visible } from "../visible";

/** Owner, group or modes of the paths in a jail that a glob matches, where they differ from the baseline. */
export const permissionRuleArgs = z
  .strictObject({
    /** The jail of the rule: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere. */
    jail: jailReferenceArgs,
    /**
     * Path, or glob, relative to the jail's root (`.` is the root itself). `*`, `?` and `[…]` stay within a component and
     * match dotfiles, `**` goes across, `a/**` is everything below `a` and not `a`. Regular files and directories only.
     */
    match: globField.meta(visible),
    /** User that owns the matching paths, by name or number; `any` does not hold the owner. */
    owner: principalField.optional().meta(visible),
    /** Group of the matching paths, by name or number; `any` does not hold the group. */
    group: principalField.optional().meta(visible),
    /**
     * Mode of the regular files that match: four octal digits, or symbols. Relative ones (`"g+w"`, `"o="`) are applied to the
     * mode composed so far. A mode that says all but `X` (`"u=rwX,go=rX"`) is for a mixed tree, as in the Jail's baseline.
     * `any` does not hold it (setuid and setgid are still refused).
     */
    fileMode: modeOrAnyField.optional().meta(visible),
    /** Mode of the directories that match; as `fileMode`. */
    directoryMode: modeOrAnyField.optional().meta(visible),
    /**
     * Setuid, setgid and sticky bits of the matching paths, complete: other bits are drift, and without it there are none.
     * `setuid`, and `setgid` of a file, need a literal path in directories where only root may write; a glob gives them to
     * directories only. The sticky bit is for directories.
     */
    special: z
      .array(z.enum(["setuid", "setgid", "sticky"]))
      .optional()
      .meta(visible),
    /**
     * Access of further users and groups, in the notation of setfacl(1): `"user:backup:rX"`; new entries in a directory inherit
     * `"default:group:adm:rx"`. The list is complete: other entries are drift, and without it there are none. The mode's group
     * bits become the mask, which lets the declared access through.
     */
    acl: aclField.optional().meta(visible),
    /**
     * File capabilities in the notation of setcap(8), such as `"cap_net_bind_service=ep"`; without it there are none. Needs
     * a literal path in directories where only root may write. Regular files only.
     */
    capabilities: capabilitiesField.optional().meta(visible),
    /**
     * The matching paths may come and go (sockets, PID files): a rule without a match is no sign of a mistake. Default false.
     */
    runtime: z.boolean().optional().meta(visible),
    /** Globs that the rule leaves out, relative to the jail's root. */
    except: z.array(globField).optional().meta(visible),
    /** Rules with a higher number win; of one number, literal paths win over globs. Default 100. */
    order: z.number().int().min(0).max(1_000_000).optional().meta(visible),
    /** Why these paths differ from the baseline. Required; it is shown wherever the rule is. */
    reason: reasonField.meta(visible),
  })
  .superRefine((args, context) => {
    if (claimFields.every((field) => args[field] === undefined))
      context.addIssue({
        code: "custom",
        path: ["owner"],
        message: `the rule sets nothing: give at least one of ${claimFields.join(", ")}`,
      });
    // A mistake in the glob itself has been told already.
    if (globProblem(args.match) !== undefined || parseGlob(args.match).literal !== undefined) return;
    const powers = [
      ...(args.special?.includes("setuid") ? ["special"] : []),
      ...(args.capabilities !== undefined ? ["capabilities"] : []),
    ];
    for (const field of powers)
      context.addIssue({
        code: "custom",
        path: [field],
        message: `needs a literal path: a file that runs with more rights is named, not matched by "${args.match}"`,
      });
  });

export type PermissionRuleInputs = z.output<typeof permissionRuleArgs>;
