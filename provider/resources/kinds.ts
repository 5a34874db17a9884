import { jailKind } from "./jail/kind";
import type { ResourceKind } from "./kind";
import { permissionRuleKind } from "./permission-rule/kind";

/** The kinds of resources, by the name in their token. The one list of them beside the barrel of classes. */
export const kinds: ReadonlyMap<string, ResourceKind> = new Map(
  [jailKind, permissionRuleKind].map((kind) => [kind.name, kind]),
);
