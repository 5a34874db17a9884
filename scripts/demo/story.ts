/** The name server's files that the admin copies into the jail with the commands of {@link installation}. */
export const files: Readonly<Record<string, string>> = {
  "named.conf": [
    'options { directory "/conf"; pid-file "/var/run/named.pid"; };',
    'zone "example.com" { type master; file "example.com.zone"; };',
    'zone "example.org" { type slave; masters { 192.0.2.1; }; file "secondaries/example.org.zone"; };',
    "",
  ].join("\n"),
  "example.com.zone": "@ 3600 IN SOA ns1 admin 1 3600 600 86400 3600\n@ IN NS ns1\nns1 IN A 192.0.2.53\n",
  "example.org.zone": "@ 3600 IN SOA ns1 admin 1 3600 600 86400 3600\n@ IN NS ns1.example.com.\n",
};

export const installation: readonly string[] = [
  "install -o root -g bind -m 0644 named.conf /chroot/named/etc/",
  "install -o root -g bind -m 0644 example.com.zone /chroot/named/conf/",
  "install -o bind -g bind -m 0440 example.org.zone /chroot/named/conf/secondaries/",
];

/** A change of the host behind the program's back, and the drift that `pulumi preview` has to show. */
interface Damage {
  readonly commands: readonly string[];
  readonly path: string;
  readonly live: string;
  readonly declared: string;
  readonly by: string;
  readonly reason: string;
}

const byBaseline = { by: "Jail::named", reason: "baseline" };

export const damage: readonly Damage[] = [
  {
    commands: ["chmod 0777 /chroot/named/var"],
    path: "var",
    live: "root:root 0777",
    declared: "root:root 0711",
    by: "PermissionRule::var",
    reason: "only the way to var/run; nobody lists it",
  },
  {
    commands: ["chown nobody /chroot/named/etc/named.conf", "chmod 0666 /chroot/named/etc/named.conf"],
    path: "etc/named.conf",
    live: "nobody:bind 0666",
    declared: "root:bind 0644",
    ...byBaseline,
  },
  {
    commands: ["chmod 2775 /chroot/named/conf"],
    path: "conf",
    live: "root:bind 2775",
    declared: "root:bind 0755",
    ...byBaseline,
  },
  {
    commands: ["chown bind /chroot/named/conf/example.com.zone"],
    path: "conf/example.com.zone",
    live: "bind:bind 0644",
    declared: "root:bind 0644",
    ...byBaseline,
  },
  {
    commands: ["install -g root -m 4755 /bin/sh /chroot/named/conf/sh"],
    path: "conf/sh",
    live: "root:root 4755",
    declared: "root:bind 0644",
    ...byBaseline,
  },
  {
    commands: ["rm -r /chroot/named/conf/secondaries"],
    path: "conf/secondaries",
    live: "absent",
    declared: "root:bind 0770 directory",
    by: "Jail::named",
    reason: "files from master nameservers are parked here; named creates and replaces them",
  },
];

/** The command that lists the jail, one entry a line. */
export const listing = "cd /chroot/named && find . -printf '%m %u:%g %p\\n' | sort -k 3";

/** The jail as the program declares it, in the form of {@link listing}. */
export const made: readonly string[] = [
  "755 root:bind .",
  "755 root:bind ./conf",
  "770 root:bind ./conf/secondaries",
  "755 root:bind ./etc",
  "711 root:root ./var",
  "775 root:bind ./var/run",
];

/** The jail after the repair: the declared entries and the files that commands put there. */
export const repaired: readonly string[] = [
  ...made,
  "644 root:bind ./conf/example.com.zone",
  "644 root:bind ./conf/sh",
  "644 root:bind ./etc/named.conf",
];
