import { testPage } from "../support/doc-run";
import type { LabHost } from "../support/sshd";

testPage("contents.md", {
  hosts: { "app1.example.com": { accounts: { worker: { uid: 1044, gid: 1044 } } } },
  before: async ({ hosts }) => prepare(hosts.get("app1.example.com")),
});

/** Gives the host a program, a directory to mount, a syslogd, and commands that replace the program and start syslogd again. */
async function prepare(host?: LabHost): Promise<void> {
  await host?.must(`mkdir -p /opt/report/bin /var/lib/orders
    cp /usr/bin/gzip /opt/report/bin/report
    echo '# /etc/fstab' >/etc/fstab
    ln -sf /run/worker-log /dev/log
    cat >/opt/restart-syslog <<'END'
#!/bin/sh
[ ! -f /run/syslogd.pid ] || kill "$(cat /run/syslogd.pid)"
while [ -f /run/syslogd.pid ]; do sleep 0.02; done
busybox syslogd -O /var/log/messages
until [ -S /run/worker-log ] && [ -f /run/syslogd.pid ]; do sleep 0.02; done
END
    printf '#!/bin/sh\necho >> /opt/report/bin/report\n' >/opt/report/upgrade
    chmod 755 /opt/restart-syslog /opt/report/upgrade
    /opt/restart-syslog`);
}
