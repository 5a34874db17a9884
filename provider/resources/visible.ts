import type { z } from "zod";

/**
 * Marks an argument whose value an error may show: `.meta(visible)`. The engine prints the value of the property that a mistake
 * is about, so an argument without this mark may hold a secret.
 */
export const visible = { isVisible: true } as const;

export function isVisible(argument: z.ZodType | undefined): boolean {
  return argument?.meta()?.["isVisible"] === true;
}
