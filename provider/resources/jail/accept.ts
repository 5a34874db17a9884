import { acceptanceParts, isFindingId } from "../../intent/acceptance";
import { type FindingId, findingKinds } from "../../intent/finding-kinds";
import { similarName } from "../../model/similar-name";

/** The reason why a key of `accept` names no finding that can be accepted. */
export function acceptanceProblem(key: string): string | undefined {
  const [id, path] = acceptanceParts(key);
  if (!isFindingId(id)) return `"${id}" is not the id of a finding: ${remedyFor(id)}`;
  const { severity } = findingKinds[id];
  if (severity === "refused") return `"${id}" keeps a change from being made wrongly, and cannot be accepted`;
  if (severity !== "unchecked") return undefined;
  if (!placed.has(id)) return `"${id}" says that a check was not made, and cannot be accepted`;
  return path === undefined ? `"${id}" is accepted for one path at a time: give ${id}@path` : undefined;
}

/** Findings about unchecked places: each has a path. */
const placed = new Set<FindingId>(["hidden-by-mount", "not-seen", "type-unknown", "too-deep"]);

function remedyFor(id: string): string {
  const acceptable = Object.keys(findingKinds).filter((known) => acceptanceProblem(`${known}@path`) === undefined);
  const near = similarName(id, acceptable);
  return near === undefined ? "docs/errors.md of this package lists the ids" : `did you mean ${near}?`;
}
