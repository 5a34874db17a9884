import { ownerOf } from "../owners";
import { type Make, q, type Target, target } from "./tampering";

const modes = ["0666", "0777", "4755", "2755", "1777", "0000", "0646", "6711"];

function ofField(
  name: string,
  field: Parameters<typeof ownerOf>[3],
  script: (at: string) => string,
  type?: Target["type"],
): Make {
  return (program, random) => {
    const { path, type: is } = target(program, random, type);
    if (type !== undefined && is !== type) return undefined;
    const owner = ownerOf(program, path, is, field);
    if (owner === undefined) return undefined;
    const needs = field === "acl" || field === "capabilities" ? { needs: field } : {};
    return { name: `${name} of ${path}`, script: script(path), on: [owner], path, ...needs, isOfScript: true };
  };
}

export const attributes: Make[] = [
  ofField("owner", "owner", (at) => `chown -h 7 ${q(at)}`),
  ofField("group", "group", (at) => `chgrp -h 7 ${q(at)}`),
  (program, random) => {
    const { path, type } = target(program, random);
    const mode = random.pick(modes);
    const owner = ownerOf(program, path, type, "mode");
    if (owner === undefined) return undefined;
    // A mode may be the declared one.
    const script = `before=$(stat -c %a ${q(path)}); chmod ${mode} ${q(path)}; [ "$before" != "$(stat -c %a ${q(path)})" ] || chmod 0103 ${q(path)}`;
    return { name: `mode ${mode} of ${path}`, script, on: [owner], path, isOfScript: true };
  },
  ofField("ACL", "acl", (at) => `setfacl -m u:1034:rw ${q(at)}`),
  ofField("default ACL", "acl", (at) => `setfacl -d -m u:1034:rwx ${q(at)}`, "directory"),
  ofField("capabilities", "capabilities", (at) => `setcap cap_setuid=ep ${q(at)}`, "file"),
  ofField("numeric capabilities", "capabilities", (at) => `setcap 'cap_setuid=ep 63+ep' ${q(at)}`, "file"),
];
