import { jail, type Make } from "./tampering";

export const onHost: Make[] = [
  ...(["rm -f", "ln -sfn /etc/passwd", "rm -f AT; echo real >"] as const).map(
    (change): Make =>
      (program) => {
        const linked = Object.entries(program.files).find(([, { hostLink }]) => hostLink !== undefined);
        const at = linked?.[1].hostLink;
        if (!linked || at === undefined) return undefined;
        const script = change.includes("AT") ? `${change.replace("AT", at)}${at}` : `${change} ${at}`;
        return {
          name: `host link: ${script}`,
          script,
          on: [`JailFile::${linked[0]}`],
          path: at,
          undo: `[ -L ${at} ] || rm -f ${at}`,
        };
      },
  ),
  ...["chmod 0777 AT", "echo '# more' >>AT", "rm AT", "chown 1033 AT", "mv AT /tmp/w; ln -s /tmp/w AT"].map(
    (change): Make =>
      ({ wrappers }) => {
        const [label, { path } = { path: "" }] = Object.entries(wrappers)[0] ?? [];
        return label === undefined
          ? undefined
          : {
              name: `launcher: ${change}`,
              script: change.replaceAll("AT", path),
              on: [`Wrapper::${label}`],
              path,
              undo: `[ ! -L ${path} ] || rm ${path}`,
            };
      },
  ),
  (program) =>
    "hostFiles" in program.jail
      ? {
          name: "a newer file on the host",
          script: "echo '# newer' >>/etc/services",
          on: [jail],
          path: "etc/services",
          undo: "rebuild",
        }
      : undefined,
  (program) =>
    "accounts" in program.jail
      ? {
          name: "another account in the jail",
          script: "echo 'root::0:0::/:/bin/sh' >>etc/passwd",
          on: [jail],
          path: "etc/passwd",
        }
      : undefined,
  ...[
    "chmod 0600 dev/null",
    "chown 1034 dev/null",
    "rm dev/null",
    "rm dev/null; mknod -m 666 dev/null c 1 1",
    "rm dev/null; : >dev/null",
  ].map(
    (script): Make =>
      (program) =>
        "devices" in program.jail ? { name: `device: ${script}`, script, on: [jail], path: "dev/null" } : undefined,
  ),
  (program) =>
    "devices" in program.jail
      ? {
          name: "an ACL of a device",
          script: "setfacl -m u:1034:rw dev/null",
          on: [jail],
          path: "dev/null",
          needs: "acl",
        }
      : undefined,
];
