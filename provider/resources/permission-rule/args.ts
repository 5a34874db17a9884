import { z } from "zod";
import { claimFields } from "../../intent/claim";
import { globProblem, parseGlob } from "../../intent/glob";
import { connectionArgs } from "../../model/connection";
import {
  aclField,
  capabilitiesField,
  globField,
  modeOrAnyField,
  principalField,
  reasonField,
  rootField,
} from "../fields";

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
    /**
     * Setuid, setgid and sticky bits of what matches: all that are there, and no others. Without it there are none. `setuid`,
     * and `setgid` of a file, need a literal path in directories where only root may write; of a glob only directories get
     * them. The sticky bit is for directories.
     */
    special: z.array(z.enum(["setuid", "setgid", "sticky"])).optional(),
    /**
     * Access of further users and groups, in the notation of setfacl(1): `"user:backup:rX"`; `"default:group:adm:rx"` is
     * inherited by what is made in a directory. All there are, and no others; without it there are none. The mode's group
     * bits become the mask, which lets through what is declared here.
     */
    acl: aclField.optional(),
    /**
     * File capabilities in the notation of setcap(8), such as `"cap_net_bind_service=ep"`; without it there are none. Needs
     * a literal path in directories where only root may write. Regular files only.
     */
    capabilities: capabilitiesField.optional(),
    /** What matches may come and go (sockets, PID files): that nothing is there is no sign of a mistake. Default false. */
    runtime: z.boolean().optional(),
    /** Globs that the rule leaves out, relative to the jail's root. */
    except: z.array(globField).optional(),
    /** Rules with a higher number win; of one number, literal paths win over globs. Default 100. */
    order: z.number().int().min(0).max(1_000_000).optional(),
    /** Why these paths differ from the baseline. Required; it is shown wherever the rule is. */
    reason: reasonField,
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
