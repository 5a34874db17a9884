import fc from "fast-check";
import { bytesOf } from "../../provider/model/bytes";

/** A glob as data, with its meaning in the simplest form; independent of the product's compiler. */
export type Component = "**" | readonly Token[];
type Token =
  | { readonly literal: string }
  | "*"
  | "?"
  | { readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

const letter = fc.constantFrom("a", "b", "c", ".", "-", "é", "*", "[", "]", "\\", "?", "!", "^", "+");
const plain = fc.constantFrom("a", "b", "c", "-", ".", "_", "A");
const range = fc
  .tuple(plain, plain)
  .map(([one, other]): readonly [string, string] => (one < other ? [one, other] : [other, one]));
const token: fc.Arbitrary<Token> = fc.oneof(
  { weight: 5, arbitrary: letter.map((literal) => ({ literal })) },
  { weight: 3, arbitrary: fc.constant("*" as const) },
  { weight: 2, arbitrary: fc.constant("?" as const) },
  {
    weight: 2,
    arbitrary: fc.record({ negated: fc.boolean(), ranges: fc.array(range, { minLength: 1, maxLength: 2 }) }),
  },
);
const isName = (tokens: readonly Token[]) =>
  !tokens.some((one, at) => one === "*" && tokens[at + 1] === "*") &&
  !/^\.{1,2}$/.test(tokens.map(textOfToken).join("").replaceAll("\\", ""));
const component: fc.Arbitrary<Component> = fc.oneof(
  { weight: 1, arbitrary: fc.constant("**" as const) },
  { weight: 3, arbitrary: fc.array(token, { minLength: 1, maxLength: 3 }).filter(isName) },
);
export const pattern = fc.array(component, { minLength: 1, maxLength: 4 });
export const name = fc
  .array(fc.constantFrom("a", "b", "c", ".", "-", "\xc3\xa9", "\xff", "\n", "*", "A"), { minLength: 1, maxLength: 3 })
  .map((bytes) => bytes.join(""))
  .filter((text) => text !== "." && text !== "..");

export function textOf(components: readonly Component[]): string {
  return components.map((one) => (one === "**" ? one : one.map(textOfToken).join(""))).join("/");
}

function textOfToken(one: Token): string {
  if (typeof one === "string") return one;
  if ("literal" in one) return /[*?[\]\\]/.test(one.literal) ? `\\${one.literal}` : one.literal;
  return `[${one.negated ? "!" : ""}${one.ranges.map(([from, to]) => `${from}-${to}`).join("")}]`;
}

/** Components against names, `**` being none or more of them; at the end one at least: `a/**` is not `a`. */
export function matchesComponents(components: readonly Component[], names: readonly string[]): boolean {
  const [first, ...others] = components;
  const [head, ...tail] = names;
  if (first === undefined) return head === undefined;
  if (first === "**") {
    if (others.length === 0) return head !== undefined;
    return matchesComponents(others, names) || (head !== undefined && matchesComponents(components, tail));
  }
  return head !== undefined && matchesTokens(first, [...head]) && matchesComponents(others, tail);
}

function matchesTokens(tokens: readonly Token[], bytes: readonly string[]): boolean {
  const [first, ...others] = tokens;
  const [head, ...tail] = bytes;
  if (first === undefined) return head === undefined;
  if (first === "*") return matchesTokens(others, bytes) || (head !== undefined && matchesTokens(tokens, tail));
  if (typeof first === "object" && "literal" in first) {
    const literal = bytesOf(first.literal);
    return bytes.join("").startsWith(literal) && matchesTokens(others, bytes.slice(literal.length));
  }
  if (head === undefined) return false;
  if (first === "?") return matchesTokens(others, tail);
  const within = first.ranges.some(([from, to]) => from <= head && head <= to);
  return within !== first.negated && matchesTokens(others, tail);
}
