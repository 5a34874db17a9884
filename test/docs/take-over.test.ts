import { testPage } from "../support/doc-run";
import type { LabHost } from "../support/sshd";

const accounts = {
  bind: { uid: 53, gid: 53 },
  www: { uid: 33, gid: 33 },
  backup: { uid: 34, gid: 34 },
  alice: { uid: 1001, gid: 1001 },
};

testPage("take-over.md", {
  hosts: { "ns1.example.com": { accounts } },
  before: async ({ hosts }) => {
    for (const host of hosts.values()) await makeJails(host);
  },
});

/** The three jails as their readers find them: made by a script, by jailkit and by a role, and changed by hand since. */
async function makeJails(host: LabHost): Promise<void> {
  await host.must(`umask 022
    mkdir -p /chroot/named/etc /chroot/named/zones/secondary /chroot/named/var/run
    cd /chroot/named
    echo 'options { directory "/zones"; };' >etc/named.conf
    echo 'key "rndc-key" {};' >etc/rndc.key
    echo example >zones/example.com.zone
    echo example >zones/secondary/example.org.zone
    chown -R root:bind .
    find . -type f -exec chmod 0640 {} +
    find . -type d -exec chmod 0750 {} +
    chmod 0770 zones/secondary
    chown bind:bind zones/secondary/* && chmod 0440 zones/secondary/*
    chown root:root var && chmod 0711 var && chmod 0775 var/run
    chmod 0666 etc/named.conf
    chown root:root etc/rndc.key && chmod 0600 etc/rndc.key
    echo old >zones/example.com.zone.orig && chown root:bind zones/*.orig && chmod 0640 zones/*.orig`);
  await host.must(`umask 022
    mkdir -p /srv/login/usr/bin /srv/login/etc /srv/login/dev /srv/login/home/alice
    cd /srv/login
    ln -s usr/bin bin && cp /bin/sh usr/bin/sh
    cp /etc/hosts etc/hosts
    mknod -m 666 dev/null c 1 3
    printf '%s\\n' root:x:0:0:root:/root:/bin/sh alice:x:1001:1001::/home/alice:/bin/sh >etc/passwd
    printf '%s\\n' root:x:0: alice:x:1001: >etc/group
    chown alice:alice home/alice && chmod 0700 home/alice
    cp /bin/cat usr/bin/cat && chmod 4755 usr/bin/cat`);
  await host.must(`umask 022
    mkdir -p /srv/www/pages/img /srv/www/etc /srv/www/uploads
    cd /srv/www
    echo hello >pages/index.html && echo pixel >pages/img/logo.png
    echo 'workers 2' >etc/site.conf
    chown -R root:www . && find . -type f -exec chmod 0640 {} + && find . -type d -exec chmod 0750 {} +
    chmod 0770 uploads
    setfacl -R -m u:backup:rX pages
    chmod 4750 pages/index.html
    setfacl -m u:backup:rw etc/site.conf`);
}
