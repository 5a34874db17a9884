import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Program } from "./program";

// In parts: a search for it must not find itself.
export const canary = ["canary", "e41c09"].join("-");
export const texts = [`key ${canary} one\n`, `key ${canary} second\n`] as const;

export interface SecretFiles {
  readonly jail: object;
  readonly texts: readonly string[];
  readonly validate?: string[];
  /** No secret any more. */
  readonly isPlain?: boolean;
}

/** A jail with two files whose contents are secrets. */
export const secretFiles: Program<SecretFiles> = (
  { Jail, JailFile },
  { jail, texts: [content = "", text = ""], ...given },
  sdk,
) => {
  const { validate, isPlain = false } = given;
  const user = { user: "www", group: "www" };
  const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
  const named = new Jail("app", { ...user, baseline, ...jail } as ConstructorParameters<typeof Jail>[1]);
  const more = { jail: named, reason: "a test", ...(validate ? { validate } : {}) };
  new JailFile("key", { ...more, path: "etc/key", mode: "0644", content: isPlain ? content : sdk.secret(content) });
  new JailFile("asset", { ...more, path: "etc/asset", source: sdk.secret(new sdk.asset.StringAsset(text)) });
};

const told = texts.flatMap((text) => [canary, createHash("sha256").update(text).digest("hex").slice(0, 8)]);

/** Neither a text nor a checksum of a secret content is in the output that `what` names. */
export function tellsNothing(text: string, what: string): void {
  for (const one of told) assert.ok(!text.includes(one), `${one} in ${what}`);
}
