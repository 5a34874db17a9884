import { z } from "zod";
import { similarName } from "./similar-name";

const types: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Words a mistake so that it continues the argument's path; a field's own message wins. */
export const issueMessage: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type") return typeWords(issue.expected, issue.input);
  if (issue.code === "invalid_union") return unionWords(issue.errors, issue.input);
  if (issue.code === "invalid_value")
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  if (issue.code === "too_small") {
    if (issue.origin === "string") return "is empty";
    if (issue.origin === "array") return "is empty: give one at least";
    return issue.inclusive ? `must be ${issue.minimum} or more` : `must be more than ${issue.minimum}`;
  }
  if (issue.code === "too_big")
    return issue.origin === "string"
      ? `is longer than ${issue.maximum} characters`
      : `must be ${issue.maximum} or less`;
  return undefined;
};

/** Words a value that is of none of several types. */
function unionWords(branches: readonly (readonly z.core.$ZodIssue[])[], input: unknown): string {
  const expected = branches.flatMap((issues) => rootType(issues) ?? []);
  return typeWords(expected.map((type) => types[type] ?? type).join(" or "), input);
}

/** The issues of the type that was meant, for a value that may have several types. */
export function intendedIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  const own = issue.code === "invalid_union" && issue.errors.find((issues) => rootType(issues) === undefined);
  return own ? own.flatMap((each) => intendedIssues({ ...each, path: [...issue.path, ...each.path] })) : [issue];
}

/** The type that the whole value should have and does not have. */
function rootType(issues: readonly z.core.$ZodIssue[]): string | undefined {
  return issues.flatMap((issue) => (issue.code === "invalid_type" && issue.path.length === 0 ? issue.expected : []))[0];
}

function typeWords(expected: string, input: unknown): string {
  const must = `must be ${types[expected] ?? expected}`;
  const given = Array.isArray(input) ? "array" : typeof input;
  if (input === null) return `${must}, not null`;
  return expected === "int" && given === "number" ? must : `${must}, not ${types[given] ?? given}`;
}

/** Names of the arguments at a path of a schema; none where it is no object of ours. */
export function argumentNamesAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const own = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  const [key, ...rest] = path;
  if (own instanceof z.ZodUnion) return own.options.flatMap((option) => argumentNamesAt(option, path));
  if (own instanceof z.ZodRecord) return argumentNamesAt(own.valueType, rest);
  if (own instanceof z.ZodArray) return argumentNamesAt(own.element, rest);
  if (!(own instanceof z.ZodObject)) return [];
  return key === undefined ? Object.keys(own.shape) : argumentNamesAt(own.shape[key as string], rest);
}

/** Words an argument that does not exist, so that it continues the argument's path; `names` are those that exist there. */
export function notKnown(key: string, names: readonly string[]): string {
  const near = similarName(key, names);
  const known =
    names.length > 0 && names.length < 10 ? `it can have ${names.join(", ")}` : "correct its name, or leave it out";
  return `is not known: ${near === undefined ? known : `did you mean ${near}?`}`;
}
