/** `project/stack` of `urn:pulumi:stack::project::types::name`. */
export function stackOf(urn: string): string {
  const [head = "", project = ""] = urn.split("::");
  return `${project}/${head.slice("urn:pulumi:".length)}`;
}

/** The types and the name of a URN, without what this package's own types have in common: `PermissionRule::var`. */
export function labelOf(urn: string): string {
  return urn.split("::").slice(2).join("::").replaceAll("pulumi-nodejs:dynamic/chroot:", "");
}
