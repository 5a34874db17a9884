import { isMap, type Values } from "../model/values";

/**
 * Inputs that the classes and check() add to the arguments, and the connection of a resource in a jail, which repeats its Jail's.
 * `changed` is an output alone: when `up` last changed the resource. States of earlier releases have none.
 * Pulumi's display leaves out names that begin with two underscores. These are the only names of them; the handlers use the
 * plain ones.
 */
export const hiddenInputs = {
  token: "__token",
  claims: "__claims",
  contentIsSecret: "__contentIsSecret",
  commandIsSecret: "__commandIsSecret",
  connection: "__connection",
  changed: "__changed",
} as const;

const { connection: hiddenConnection, ...renamed } = hiddenInputs;
const plainNames = new Map<string, string>(Object.entries(renamed).map(([plain, hidden]) => [hidden, plain]));
const hiddenNames = new Map<string, string>(Object.entries(renamed));

/**
 * The values under their plain names, with the connection in `jail`. The class gives a connection in both places, so that
 * either is marked as a secret: the one counts that the state has.
 */
export function withPlainNames(values: Values, state: Values = values): Values {
  const { [hiddenConnection]: connection, ...rest } = values;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, value]) => [plainNames.get(key) ?? key, value]));
  const { jail } = plain;
  if (connection === undefined || !isMap(jail) || (hasConnection(jail) && hasConnection(state["jail"]))) return plain;
  return { ...plain, jail: { ...jail, connection } };
}

/**
 * The values of {@link withPlainNames} as `like` has them. A value that an earlier release has stored under its plain name stays
 * there: under another one, it would be a change, and no longer marked as a secret.
 */
export function withHiddenNames(values: Values, like: Values): Values {
  const nameOf = (key: string) => (key in like ? key : (hiddenNames.get(key) ?? key));
  const hidden = Object.fromEntries(Object.entries(values).map(([key, value]) => [nameOf(key), value]));
  const { jail } = hidden;
  if (!isMap(jail) || !hasConnection(jail) || hasConnection(like["jail"])) return hidden;
  const { connection, ...place } = jail;
  return { ...hidden, jail: place, [hiddenConnection]: connection };
}

/** The state that names the inputs of a check: a program without the class marks the secrets of `jail` alone. */
export function namesOfCheck(olds: Values, news: Values): Values {
  return hiddenConnection in news ? olds : { ...olds, jail: news["jail"] };
}

/**
 * Paths of ignoreChanges, with a path of the hidden connection for each that names the connection in `jail`. Both name a whole
 * field of it: the engine refuses a longer path where the state has no such field at one of the two places.
 */
export function withHiddenPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const found = /^\.?(?:jail|\["jail"\])(?:\.\*|(?:\.connection|\["connection"\])(|[.[].*))?$/.exec(path);
    if (!found) return [path];
    const [field = ""] = /^(?:\.[^.[]+|\["[^"]*"\])/.exec(found[1] ?? "") ?? [];
    return [found[1] ? `jail.connection${field}` : path, `${hiddenConnection}${field}`];
  });
}

function hasConnection(jail: unknown): boolean {
  return isMap(jail) && jail["connection"] !== undefined;
}
