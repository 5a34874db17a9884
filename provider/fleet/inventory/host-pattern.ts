import { InventoryMistake } from "./mistake";

/** More hosts in one range are a mistake of the range. */
const most = 100_000;
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The hosts that a name of an Ansible inventory stands for, such as `ns[01:20].example.com:2222`. */
export interface NamedHosts {
  readonly names: readonly string[];
  readonly port?: string;
}

export function hostsNamed(pattern: string, where: string): NamedHosts {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]+)\]|((?:[^:[\]]|\[[^\]]*\])*)):(\d+)$/.exec(pattern) ?? [];
  const host = bracketed ?? plain ?? pattern;
  if (host === "" || (port === undefined && /[^:]:$/.test(pattern)))
    throw new InventoryMistake({
      where,
      why: `${JSON.stringify(pattern)} is no name of a host: a port has to follow the colon`,
      remedy: "remove the colon; a YAML inventory needs a name that ends in .yml or .yaml",
    });
  const names = bracketed === undefined ? expand(host, pattern, where) : [host];
  return port === undefined ? { names } : { names, port };
}

/** Expands the ranges from the left to the right, as Ansible does. */
function expand(text: string, pattern: string, where: string): string[] {
  const parts = text.split(/(\[[^\]]*\]?)/);
  return parts.reduce<string[]>(
    (names, part) => {
      const members = part.startsWith("[") ? rangeOf(part) : [part];
      if (typeof members === "string" || names.length * members.length > most)
        throw new InventoryMistake({
          where,
          why: `the range ${part} of ${JSON.stringify(pattern)} ${typeof members === "string" ? members : tooLong}`,
          remedy: "write a range as [01:20], [a:f] or, with a step, [0:100:10]",
        });
      return names.flatMap((name) => members.map((member) => name + member));
    },
    [""],
  );
}

const tooLong = `means more than ${most} hosts`;

/** The members of a range, or its mistake. */
function rangeOf(part: string): string[] | string {
  const bounds = /^\[([^:\]]*):([^:\]]+)(?::(\d+))?\]$/.exec(part);
  if (!bounds) return "is not of the form [first:last] or [first:last:step]";
  const [, first = "", last = "", by = "1"] = bounds;
  const step = Number(by);
  if (step === 0) return "has a step of 0";
  const isAlphabetical = /^[a-zA-Z]$/.test(first) && /^[a-zA-Z]$/.test(last);
  if (!isAlphabetical && !/^\d*:\d+$/.test(`${first}:${last}`))
    return "has a bound that is neither a number nor one letter";
  const [from, to] = isAlphabetical ? [letters.indexOf(first), letters.indexOf(last)] : [Number(first), Number(last)];
  if (from > to) return "ends before it begins";
  if ((to - from) / step >= most) return tooLong;
  const isPadded = !isAlphabetical && /^0./.test(first);
  if (isPadded && first.length !== last.length) return "has a first and a last number of different lengths";
  const count = Math.floor((to - from) / step) + 1;
  return Array.from({ length: count }, (_, index) => {
    const at = from + index * step;
    return isAlphabetical ? letters.charAt(at) : String(at).padStart(isPadded ? first.length : 0, "0");
  });
}
