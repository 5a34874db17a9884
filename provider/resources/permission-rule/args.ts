import { z } from "zod";
import { claimFields } from "../../intent/claim";
import { globProblem, parseGlob } from "../../intent/glob/glob";
import { aclField, capabilitiesField, globField, modeOrAnyField, principalField, reasonField } from "../fields";
import { jailReferenceArgs } from "../jail-reference";
import { visible } from "../visible";

/** Owner, group or modes of the paths in a jail that a glob matches, where they differ from the baseline. */
export const permissionRuleArgs = z
  .strictObject({
    /**
     * The jail of the rule: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere.
     * @example jail: named
     */
    jail: jailReferenceArgs,
    /**
     * Path, or glob, relative to the jail's root (`.` is the root itself). `*`, `?` and `[…]` stay within a component
     * and match dotfiles, `**` goes across, `a/**` is everything below `a` and not `a`. It matches regular files and
     * directories only.
     * @refused absolute paths and `..`
     * @example match: "etc/zones/**"
     */
    match: globField.meta(visible),
    /**
     * User that owns the matching paths, by name or number; `any` leaves the owner unchecked.
     * @defaultValue as rules of lower rank and the baseline say
     * @example owner: "root"
     */
    owner: principalField.optional().meta(visible),
    /**
     * Group of the matching paths, by name or number; `any` leaves the group unchecked.
     * @defaultValue as `owner`
     * @example group: "bind"
     */
    group: principalField.optional().meta(visible),
    /**
     * Mode of the regular files that match: four octal digits, or symbols. Relative ones (`"g+w"`, `"o="`) are applied
     * to the mode composed so far. A mode that says all but `X` (`"u=rwX,go=rX"`) is for a mixed tree, as in the Jail's
     * baseline. `any` leaves it unchecked (setuid and setgid are still drift).
     * @defaultValue as `owner`
     * @example fileMode: "0640"
     */
    fileMode: modeOrAnyField.optional().meta(visible),
    /**
     * Mode of the directories that match; as `fileMode`.
     * @defaultValue as `owner`
     * @example directoryMode: "u=rwx,og=x"
     */
    directoryMode: modeOrAnyField.optional().meta(visible),
    /**
     * Setuid, setgid and sticky bits of the matching paths, complete: other bits are drift. The sticky bit is for
     * directories.
     * @defaultValue none
     * @refused `setuid`, and `setgid` of a file, without a literal path in directories where only root may write
     * @example special: ["setgid"]
     */
    special: z
      .array(z.enum(["setuid", "setgid", "sticky"]))
      .optional()
      .meta(visible),
    /**
     * Access of further users and groups, in the notation of setfacl(1). New entries in a directory inherit
     * `"default:group:adm:rx"`. The list is complete: other entries are drift. The mode's group bits become the mask,
     * which lets the declared access through.
     * @defaultValue none
     * @refused on the host, a host without setfacl
     * @example acl: ["user:backup:rX"]
     */
    acl: aclField.optional().meta(visible),
    /**
     * File capabilities in the notation of setcap(8). For regular files only.
     * @defaultValue none
     * @refused a glob, and a path in directories where anyone other than root may write; on the host, a host without
     * setcap
     * @example capabilities: "cap_net_bind_service=ep"
     */
    capabilities: capabilitiesField.optional().meta(visible),
    /**
     * The matching paths may come and go (sockets, PID files): a rule without a match is no sign of a mistake.
     * @defaultValue `false`
     * @example runtime: true
     */
    runtime: z.boolean().optional().meta(visible),
    /**
     * Globs that the rule leaves out, relative to the jail's root.
     * @defaultValue none
     * @example except: ["etc/zones/slave/**"]
     */
    except: z.array(globField).optional().meta(visible),
    /**
     * The rule with the higher number wins; at the same number, a literal path beats a glob.
     * @defaultValue `100`
     * @refused on the host, two rules of equal rank that disagree on a path
     * @example order: 200
     */
    order: z.number().int().min(0).max(1_000_000).optional().meta(visible),
    /**
     * Why these paths differ from the baseline. It is shown wherever the rule is.
     * @refused a blank
     * @example reason: "only the way to var/run"
     */
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
