import { z } from "zod";
import { globProblem } from "../intent/glob/glob";
import { aclEntryProblem, aclProblem } from "../model/acl";
import { isArchive, isAsset } from "../model/asset";
import { capabilitiesProblem } from "../model/capability";
import { isAbsolute, isMixed, parseMode } from "../model/mode";
import { hostPathProblem, jailPlaceProblem, lineProblem, rootProblem } from "../model/path";

/** Fields that several resources share. Each refuses with a sentence that goes behind the property's path. */

export const refuseWith =
  (problemOf: (text: string) => string | undefined) => (text: string, context: z.core.$RefinementCtx) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message: withShort(message, text) });
  };

export const reasonField = z
  .string()
  .superRefine(refuseWith((text) => (text.trim() === "" ? "is blank: say why, the next admin will ask" : undefined)));

/** Cuts a very long text, so that a message about it stays readable. */
function withShort(message: string, text: string): string {
  return text.length > 100 ? message.replaceAll(text, `${text.slice(0, 60)}…`) : message;
}

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

function absoluteModeProblem(text: string, isDirectory: boolean, mayBeMixed: boolean): string | undefined {
  const mode = parseMode(text);
  if (typeof mode === "string") return mode;
  if (isAbsolute(mode, isDirectory) || (mayBeMixed && isMixed(mode))) return undefined;
  return `"${text}" is relative: say every bit, as in "0640" or "u=rw,g=r,o="`;
}

const absoluteModeField = (isDirectory: boolean, mayBeMixed = false) =>
  z.string().superRefine(refuseWith((text) => absoluteModeProblem(text, isDirectory, mayBeMixed)));
export const absoluteFileMode = absoluteModeField(false);
/** A mode of many files: `X` is for programs among them. */
export const mixedFileMode = absoluteModeField(false, true);
export const absoluteDirectoryMode = absoluteModeField(true);
/** A mode of a directory that many may write in, with or without the sticky bit. */
export const stickyDirectoryMode = z.string().superRefine(
  refuseWith((text) => {
    if (/^1[0-7]{3}$/.test(text)) return undefined;
    if (!/^[2-7][0-7]{3}$|[st]/.test(text)) return absoluteModeProblem(text, true, false);
    return `"${text}" has special bits: the sticky bit is the only one here, in octal digits as in "1777"`;
  }),
);

export const aclField = z.array(z.string().superRefine(refuseWith(aclEntryProblem))).superRefine((entries, context) => {
  const message = aclProblem(entries);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});
export const capabilitiesField = z.string().superRefine(refuseWith(capabilitiesProblem));

export const hostPathField = z.string().superRefine(refuseWith(hostPathProblem));
export const filePathField = z
  .string()
  .superRefine(refuseWith((path) => (path === "." ? "is the jail's root: name a file in it" : jailPlaceProblem(path))));
export const linkTargetField = z
  .string()
  .min(1, "is empty: give the path that the link points to")
  .max(4095)
  .superRefine(refuseWith(lineProblem));
const wordField = z.string().superRefine(refuseWith((word) => (word.includes("\0") ? "contains a NUL" : undefined)));
/** A command of the host: a program, and its arguments. */
export const commandField = z
  .array(wordField)
  .min(1)
  .superRefine(([program], context) => {
    if (program?.trim() === "") context.addIssue({ code: "custom", message: "is blank: name the program", path: [0] });
  });
/** An asset or an archive, as the engine passes it. */
export const assetField = z.looseObject({}).superRefine((value, context) => {
  if (!isAsset(value) && !isArchive(value))
    context.addIssue({ code: "custom", message: "is not an asset: give a FileAsset, a StringAsset or an archive" });
});

export const rootField = z.string().superRefine(refuseWith(rootProblem));
export const jailPathField = z.string().superRefine(refuseWith(jailPlaceProblem));
export const globField = z.string().superRefine(refuseWith(globProblem));
