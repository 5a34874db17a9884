import { markOf, secretMark } from "./envelope";
import { unknownValue } from "./unknown";
import { isMap, type Values } from "./values";

/** A value of an exported state with its secrets in the clear. A secret that the export has only encrypted is unknown. */
export function withPlainSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlainSecrets);
  if (!isMap(value)) return value;
  if (markOf(value) === secretMark) return plainSecret(value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withPlainSecrets(one)]));
}

function plainSecret({ plaintext }: Values): unknown {
  return typeof plaintext === "string" ? withPlainSecrets(JSON.parse(plaintext)) : unknownValue;
}
