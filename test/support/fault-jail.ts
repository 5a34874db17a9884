import type { Subject } from "./access";
import type { JailPart, RuleParts } from "./driven";
import { account } from "./program";
import type { LabHost } from "./sshd";

export const root = "/srv/jail";
const template = "/srv/template";

/** These subjects must not get more than before and after: the daemon, the users that ACLs and groups name, and anybody else. */
export const subjects: readonly Subject[] = [
  { name: "the daemon", uid: account.www.uid, gids: [account.www.gid] },
  { name: "one of the staff", uid: 4001, gids: [4100] },
  { name: "whom an ACL names", uid: 4002, gids: [4002] },
  { name: "a stranger", uid: 4000, gids: [4000] },
];

/** If the daemon owns the jail's root too, every place of its plan has to be sealed. */
export type Variant = "cold root" | "hot root";

/**
 * Makes the tree that is copied for each fault: differences of every sort in cold places, in a directory that the daemon
 * may write in and in the daemon's own directories below it. Files outside the jail have names and links inside.
 */
export async function makeTemplate(host: LabHost, variant: Variant): Promise<void> {
  const acl = (await host.sh("command -v setfacl")).code === 0;
  await host.must(`mkdir -p ${template}/etc/keys ${template}/lib /srv/outside/dir
    : >/srv/outside/secret; : >/srv/outside/dir/below; chmod 0600 /srv/outside/secret
    cd ${template}; chown root:www . etc lib; chmod 0750 . etc lib
    : >etc/named.conf; chmod 0666 etc/named.conf
    : >etc/keys/a; : >etc/keys/b; chown 4000:4100 etc/keys/a; chmod 0664 etc/keys/a etc/keys/b; chmod 0755 etc/keys
    : >etc/tool; chmod 4755 etc/tool; : >etc/group-tool; chgrp 4100 etc/group-tool; chmod 2755 etc/group-tool
    : >etc/backup; chmod 0640 etc/backup; echo old >etc/zones; ln -s /srv/outside/secret etc/link
    mkdir -p data/uploads/deep/deeper data/own data/shared; : >data/uploads/prog; : >data/uploads/deep/file
    : >data/uploads/deep/deeper/held; : >data/own/page; echo spool >data/spool; ln -s /srv/outside/dir data/way
    chown -R www:www data/uploads data/own data/shared; chown -h www:www data/spool data/way; chown root:www data
    chmod 4755 data/uploads/prog; chmod 0770 data data/uploads/deep; chmod 0755 data/uploads data/shared
    chmod 3777 data/own; chmod 0666 data/uploads/deep/deeper/held
    ${variant === "hot root" ? "chown www:www .; chmod 0775 ." : ""}`);
  if (acl)
    await host.must(`cd ${template}; setfacl -m u:4002:rw,g:4100:r etc/backup
      setfacl -m u:4002:rwx,d:u:4002:rwx,d:g:4100:rx data/shared; setfacl -m u:4002:rwx data/uploads/deep/file`);
}

/** The tree before a run, without a registry. */
export async function reset(host: LabHost): Promise<void> {
  await host.must(`rm -rf ${root} /var/lib/pulumi-chroot; cp -a ${template} ${root}`);
}

/** The declaration: every sort of step, in every sort of place. */
export function declared(variant: Variant, hasAcl: boolean): { jail: JailPart; rules: RuleParts } {
  const jail = {
    directories: { etc: "configuration", "etc/zones": "was a file once", "var/run": "is missing" },
    writable: {
      ...(variant === "hot root" ? { ".": "the daemon's working directory" } : {}),
      data: "what visitors send",
      "data/spool": "the daemon has put a file there",
      "data/way": "and a link to somewhere else there",
      "data/new/deep": "is missing",
    },
  };
  const rules = {
    keys: { match: "etc/keys/*", owner: "root", group: "root", fileMode: "0600" },
    // The daemon's own directory is taken from it, and one of its files.
    own: { match: "data/own", owner: "root", group: "4100", directoryMode: "0755" },
    held: { match: "data/uploads/deep/deeper/held", owner: "root", group: "www", fileMode: "0640" },
    etc: { match: "etc/**", owner: "root", group: "www", fileMode: "0640", directoryMode: "0750", order: 90 },
    ...(hasAcl
      ? {
          backup: { match: "etc/backup", acl: ["user:4002:r"] },
          shared: { match: "data/shared", owner: "root", group: "www", directoryMode: "0770", acl: ["user:4001:rx"] },
        }
      : { shared: { match: "data/shared", owner: "root", group: "www", directoryMode: "0770" } }),
  };
  return { jail, rules };
}
