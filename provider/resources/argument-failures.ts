import { isUnknown, valueAt } from "../model/unknown";
import { argumentNamesAt, intendedIssues, issueMessage, notKnown } from "../model/zod-issues";
import type { ResourceKind } from "./kind";
import { isVisible } from "./visible";

type Values = Readonly<Record<string, unknown>>;

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/**
 * Argument mistakes as the engine shows them: the property's path, and a sentence. A value that is still unknown is no mistake.
 */
export function argumentFailures(kind: ResourceKind, args: Values): Failure[] {
  const texts = outputTexts(args, []);
  if (texts.length > 0) return texts.map((path) => ({ property: "", reason: `${path.join(".")}: ${outputWords}` }));
  const { schema } = kind;
  const safely = (failure: Failure, isMissing = false) =>
    isMissing || !isVisible(schema.shape[failure.property]) ? withoutValue(failure) : failure;
  const parsed = schema.safeParse(args, { error: issueMessage });
  if (parsed.success) return [];
  return parsed.error.issues
    .flatMap(intendedIssues)
    .filter(({ code, path }) => code === "invalid_key" || !isUnknown(valueAt(args, path)))
    .flatMap((issue): Failure[] => {
      const property = issue.path.join(".");
      if (issue.code === "unrecognized_keys")
        return issue.keys.map((key) => safely(unknownArgument(property, key, argumentNamesAt(schema, issue.path))));
      // The mistake in a key of a map is reported one level below.
      const reason = (issue.code === "invalid_key" && issue.issues[0]?.message) || issue.message;
      const isMissing = issue.code === "invalid_type" && valueAt(args, issue.path) === undefined;
      return [safely({ property, reason: isMissing ? "is missing" : reason }, isMissing)];
    });
}

/** How the SDK writes an Output into a template string. */
export const outputAsText = "on an [Output<T>] is not supported";

const outputWords =
  "has an Output in it as text: use pulumi.interpolate`…` instead of a template string, pulumi.jsonStringify instead of JSON.stringify";

/** Paths of arguments that contain the text of an Output; for a key of a map, the path of the map. */
function outputTexts(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value === "string") return value.includes(outputAsText) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key.includes(outputAsText) ? [path] : outputTexts(each, [...path, key]),
  );
}

function unknownArgument(above: string, key: string, names: readonly string[]): Failure {
  const property = above === "" ? key : `${above}.${key}`;
  return { property: "", reason: `${property} ${notKnown(key, names)}` };
}

/** The engine prints a property's value, secret or not, and `<nil>` for a missing or a nested one: the reason names it instead. */
function withoutValue({ property, reason }: Failure): Failure {
  return property === "" ? { property, reason } : { property: "", reason: `${property}: ${reason}` };
}
