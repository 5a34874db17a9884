import { secretConnectionKeys } from "../model/connection";
import { envelopeMark, markOf, secretMark } from "../model/envelope";
import { isMap, type Values } from "../model/values";
import { hiddenInputs } from "../resources/hidden-inputs";

/** The value without the envelopes of its secrets. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isMap(value)) return value;
  if (markOf(value) === secretMark) return withoutSecrets(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}

/** Whether a value, or a part of it, is a secret. */
export function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  return isMap(value) && (markOf(value) === secretMark || Object.values(value).some(hasSecret));
}

/**
 * The values with the secrets of `given` as secrets under the same names, as the engine does for a provider that is not told of
 * secrets. Keys of a connection are always secrets, in a program that gives them in the clear as well.
 */
export function withSecretsOf(values: Values, ...given: readonly Values[]): Values {
  const marked = given.reduce<Values>((now, one) => withNamesOf(now, one), values);
  const hold = ["connection", "jail", hiddenInputs.connection].filter((key) => key in marked);
  return { ...marked, ...Object.fromEntries(hold.map((key) => [key, withSecretKeys(marked[key])])) };
}

function withNamesOf(values: Values, given: Values): Values {
  const entries = Object.entries(values).map(([key, value]): [string, unknown] => {
    const like = given[key];
    if (isSecret(value) || !hasSecret(like)) return [key, value];
    return [key, isMap(value) && isMap(like) && !isSecret(like) ? withNamesOf(value, like) : secret(value)];
  });
  return Object.fromEntries(entries);
}

/** The fields of a connection hold more connections. */
function withSecretKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecretKeys);
  if (!isMap(value) || isSecret(value) || markOf(value) !== undefined) return value;
  const isKey = (key: string) => secretConnectionKeys.some((one) => one === key);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      one !== undefined && !isSecret(one) && isKey(key) ? secret(one) : withSecretKeys(one),
    ]),
  );
}

function isSecret(value: unknown): boolean {
  return markOf(value) === secretMark;
}

function secret(value: unknown): unknown {
  return { [envelopeMark]: secretMark, value };
}
