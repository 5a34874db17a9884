import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";

/** The files that named reads. They have no owner and mode of their own: those are the jail's, but for the key. */
export function declareFiles(named: chroot.Jail, root: string, rndcKey: pulumi.Input<string>): void {
  const local = (name: string) => new pulumi.asset.FileAsset(join(__dirname, name));

  // rndc knocks with the key: named can tell it from anybody else on the host, and no PID is taken from a file that named
  // may write. Before named has been started for the first time there is nobody to knock at.
  const reload = 'test ! -e "$0/var/run/named.pid" || exec rndc -k "$0/etc/rndc.key" reload';
  const onChange = ["sh", "-c", reload, root];

  const key = new chroot.JailFile("rndc.key", {
    jail: named,
    path: "etc/rndc.key",
    content: pulumi.interpolate`key "rndc-key" { algorithm hmac-sha256; secret "${rndcKey}"; };\n`,
    mode: "u=rw,g=r,o=",
    reason: "whoever has the key commands named: its group may read it, and nobody else",
    // No onChange: the named that runs knows only the key that it has read. It has to be started again.
  });

  const zone = new chroot.JailFile("example.com.zone", {
    jail: named,
    path: "conf/example.com.zone",
    source: local("example.com.zone"),
    validate: ["named-checkzone", "example.com", "{file}"],
    onChange,
    reason: "the zone that this server is the master of",
  });

  new chroot.JailFile(
    "named.conf",
    {
      jail: named,
      path: "etc/named.conf",
      source: local("named.conf"),
      hostLink: "/etc/named.conf", // where people look for it
      validate: ["named-checkconf", "-t", "{root}", "{jailFile}"],
      onChange,
      reason: "named reads its configuration after it has changed its root",
    },
    { dependsOn: [key, zone] }, // it names both, and the validator reads what it names
  );
}
