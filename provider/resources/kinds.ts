import { jailKind } from "./jail/kind";
import { jailFileKind } from "./jail-file/kind";
import type { ResourceKind } from "./kind";
import { permissionRuleKind } from "./permission-rule/kind";
import { wrapperKind } from "./wrapper/kind";

/** The kinds of resources, by the name in their token. The one list of them beside the barrel of classes. */
export const kinds: ReadonlyMap<string, ResourceKind> = new Map(
  [jailKind, jailFileKind, permissionRuleKind, wrapperKind].map((kind) => [kind.name, kind]),
);
