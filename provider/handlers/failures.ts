import type { ResourceKind } from "../resources/kind";
import { meant, mistakeWords, namesAt } from "../resources/mistakes";
import { nearName } from "../resources/near";
import { isUnknown, type Values, valueAt } from "./values";

interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Arguments that may be secrets, or have some in them. */
const withKeys = ["connection", "jail", "content", "source", "validate", "onChange", "restart"];

/** Argument mistakes as the engine shows them: the property's path, and a sentence. What is not known yet is none. */
export function failuresOf(kind: ResourceKind, args: Values): Failure[] {
  const parsed = kind.schema.safeParse(args, { error: mistakeWords });
  if (parsed.success) return [];
  return parsed.error.issues
    .flatMap(meant)
    .filter(({ code, path }) => code === "invalid_key" || !isUnknown(valueAt(args, path)))
    .flatMap((issue): Failure[] => {
      const property = issue.path.join(".");
      if (issue.code === "unrecognized_keys")
        return issue.keys.map((key) => safely(unknownArgument(property, key, namesAt(kind.schema, issue.path))));
      // What is wrong with the key of a map is told one level below.
      const reason = (issue.code === "invalid_key" && issue.issues[0]?.message) || issue.message;
      const isMissing = issue.code === "invalid_type" && valueAt(args, issue.path) === undefined;
      return [safely({ property, reason: isMissing ? "is missing" : reason }, isMissing)];
    });
}

function unknownArgument(above: string, key: string, names: readonly string[]): Failure {
  const property = above === "" ? key : `${above}.${key}`;
  const near = nearName(key, names);
  const known =
    names.length > 0 && names.length < 10 ? `it can have ${names.join(", ")}` : "correct its name, or leave it out";
  const remedy = near === undefined ? known : `did you mean ${near}?`;
  return { property: "", reason: `${property} is not known: ${remedy}` };
}

/**
 * The engine prints the value of a top-level property, secret or not, and `<nil>` for what is missing or is part of one: those,
 * and one that may hold a key, are named in the reason.
 */
function safely({ property, reason }: Failure, isMissing = false): Failure {
  const isNamed = isMissing || property.includes(".") || withKeys.includes(property);
  return isNamed && property !== "" ? { property: "", reason: `${property}: ${reason}` } : { property, reason };
}
