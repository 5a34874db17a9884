import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as chroot from "pulumi-chroot";
import { names } from "./names";

/** The files that named reads. They take owner and mode from the jail's baseline; only the key has its own mode. */
export function declareFiles(named: chroot.Jail, root: string, rndcKey: pulumi.Input<string>): void {
  const local = (name: string) => new pulumi.asset.FileAsset(join(__dirname, name));

  // rndc authenticates with the key. A signal to the PID in named's PID file would be unsafe, because named may write that
  // file. Before named's first start no PID file exists, and no reload is needed.
  const reload = 'test ! -e "$0/var/run/named.pid" || exec rndc -k "$0/etc/rndc.key" reload';
  const onChange = ["sh", "-c", reload, root];

  const key = new chroot.JailFile("rndc.key", {
    jail: named,
    path: "etc/rndc.key",
    content: pulumi.interpolate`key "rndc-key" { algorithm hmac-sha256; secret "${rndcKey}"; };\n`,
    mode: "u=rw,g=r,o=",
    reason: "whoever has the key commands named: its group may read it, and nobody else",
    // No onChange: a running named keeps the key that it has read. Restart named for a new key.
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
      hostLink: names.configuration, // the usual path, for admins
      overwrite: true, // replaces the package's file; the host's registry keeps a copy
      validate: ["named-checkconf", "-t", "{root}", "{jailFile}"],
      onChange,
      reason: "named reads its configuration after it has changed its root",
    },
    { dependsOn: [key, zone] }, // named.conf names both, and the validator reads them
  );
}
