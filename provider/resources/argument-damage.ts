import type { z } from "zod";
import type { ArgumentDamage } from "../intent/record-problem";
import type { RegistryRecord } from "../intent/registry-record";
import type { Principals } from "../model/entry";
import { valueAt } from "../model/unknown";
import { intendedIssues } from "../model/zod-issues";
import { kinds } from "./kinds";

/**
 * Why the arguments of a record cannot be read: one of them has a type or a form that no release has written. Arguments that a
 * release has accepted stay readable, even if a later release refuses them: rules about values apply to the program alone.
 */
export function argumentDamage({ kind: name, args, token, label }: RegistryRecord): ArgumentDamage | undefined {
  const kind = kinds.get(name);
  if (!kind) return undefined;
  const issues = kind.schema.safeParse(args).error?.issues.flatMap(intendedIssues) ?? [];
  const wrong = issues.find((issue) => isOfType(issue) && valueAt(args, issue.path) !== undefined);
  if (wrong) return { problem: "argument-type", label, argument: wrong.path.join(".") };
  const declaration = { kind: name, owner: { token, label }, args };
  try {
    kind.claims(declaration);
    kind.accounts?.(declaration);
    kind.files?.(declaration, { root: "/" });
    kind.problems?.(declaration, nobody);
    kind.started?.(declaration, { jail: undefined, root: "/", principals: nobody });
    kind.commands?.(args);
    kind.followed?.(args, { directory: String, file: String, glob: String });
    kind.readRest?.(declaration);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problem: "arguments-unreadable", label, error: message };
  }
}

/** The record of a jail of which only the root can be read. */
export function rootAlone(record: RegistryRecord): RegistryRecord {
  return { ...record, args: { root: record.args["root"] } };
}

function isOfType({ code }: z.core.$ZodIssue): boolean {
  return code === "invalid_type" || code === "invalid_union" || code === "invalid_value";
}

const nobody: Principals = {
  uids: new Map(),
  gids: new Map(),
  users: new Map(),
  groups: new Map(),
  primary: new Map(),
};
