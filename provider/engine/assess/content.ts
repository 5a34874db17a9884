import type { Declaration } from "../../intent/declaration";
import type { Digest } from "../../model/digest";
import { pick, type Values } from "../../model/values";
import type { ResourceKind } from "../../resources/kind";

/** The content that a resource puts into a file. Its bytes are read on demand, and a large file is never held whole. */
export interface Content {
  readonly digest: Digest;
  readonly isSecret: boolean;
  /** Set for a text: all its bytes. */
  readonly bytes?: Buffer;
  chunks(): AsyncIterable<Buffer>;
}

/** Whether a resource's inputs or outputs mark the content of its file as a secret. */
export function isSecretIn({ secretMark }: ResourceKind, values: Values): boolean {
  return values["contentIsSecret"] === true || (secretMark !== undefined && values[secretMark] === true);
}

/**
 * The arguments as the registry keeps them. They mark a secret content, so that a later declaration of the file shows nothing
 * of it.
 */
export function recordedArgs(kind: ResourceKind, inputs: Values): Record<string, unknown> {
  const { secretMark } = kind;
  const mark = secretMark !== undefined && isSecretIn(kind, inputs) ? { [secretMark]: true } : {};
  return { ...kind.recorded(pick(inputs, kind.keys)), ...mark };
}

/** The facts about a content that other resources may know. */
export function contentWish(content: Content | undefined): Pick<Declaration, "content"> {
  return content ? { content: { digest: content.digest, isSecret: content.isSecret } } : {};
}
