import { z } from "zod";
import { globProblem } from "../intent/glob";
import { aclEntryProblem, aclProblem } from "../model/acl";
import { isArchive, isAsset } from "../model/asset";
import { capabilitiesProblem } from "../model/capability";
import { isAbsolute, parseMode } from "../model/mode";
import { hostPathProblem, jailPathProblem, lineProblem, rootProblem } from "../model/path";

/** Fields that several resources share. Each refuses with a sentence that goes behind the property's path. */

export const refuseWith =
  (problemOf: (text: string) => string | undefined) => (text: string, context: z.core.$RefinementCtx) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  };

export const reasonField = z
  .string()
  .superRefine(refuseWith((text) => (text.trim() === "" ? "is blank: say why, the next admin will ask" : undefined)));

const principalPattern = /^[A-Za-z0-9_.][A-Za-z0-9_.@$-]{0,255}$/;
export const principalField = z
  .string()
  .superRefine(
    refuseWith((text) =>
      principalPattern.test(text) ? undefined : `"${text}" is not the name or number of a user or group`,
    ),
  );

/** A mode of a rule: absolute, relative, or `any` for one that is not held. */
export const modeOrAnyField = z.string().superRefine(
  refuseWith((text) => {
    const mode = text === "any" ? undefined : parseMode(text);
    return typeof mode === "string" ? mode : undefined;
  }),
);

const absoluteModeField = (isDirectory: boolean) =>
  z.string().superRefine(
    refuseWith((text) => {
      const mode = parseMode(text);
      if (typeof mode === "string") return mode;
      if (isAbsolute(mode, isDirectory)) return undefined;
      return `"${text}" is relative: say every bit, as in "0640" or "u=rw,g=r,o="`;
    }),
  );
export const absoluteFileMode = absoluteModeField(false);
export const absoluteDirectoryMode = absoluteModeField(true);

export const aclField = z.array(z.string().superRefine(refuseWith(aclEntryProblem))).superRefine((entries, context) => {
  const message = aclProblem(entries);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});
export const capabilitiesField = z.string().superRefine(refuseWith(capabilitiesProblem));

export const hostPathField = z.string().superRefine(refuseWith(hostPathProblem));
export const filePathField = z
  .string()
  .superRefine(refuseWith((path) => (path === "." ? "is the jail's root: name a file in it" : jailPathProblem(path))));
export const linkTargetField = z
  .string()
  .min(1, "is empty: give the path that the link points to")
  .max(4095)
  .superRefine(refuseWith(lineProblem));
/** A word of a command. */
export const wordField = z
  .string()
  .superRefine(refuseWith((word) => (word.includes("\0") ? "contains a NUL" : undefined)));
/** An asset or an archive, as the engine passes it. */
export const assetField = z.looseObject({}).superRefine((value, context) => {
  if (!isAsset(value) && !isArchive(value))
    context.addIssue({ code: "custom", message: "is not an asset: give a FileAsset, a StringAsset or an archive" });
});

/** Whether two resources of jails are in one jail. */
export function sameRoot(olds: Readonly<Record<string, unknown>>, news: Readonly<Record<string, unknown>>): boolean {
  const [last, next] = [olds["jail"], news["jail"]] as { root?: string }[];
  return last?.root === next?.root;
}

export const rootField = z.string().superRefine(refuseWith(rootProblem));
export const jailPathField = z.string().superRefine(refuseWith(jailPathProblem));
export const globField = z.string().superRefine(refuseWith(globProblem));
