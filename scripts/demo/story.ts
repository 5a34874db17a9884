/** Files of the name server, as an admin brings them in: what is in them, and the command that puts them into the jail. */
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
  "install -o root -g named -m 0644 named.conf /chroot/named/etc/",
  "install -o root -g named -m 0644 example.com.zone /chroot/named/conf/",
  "install -o named -g named -m 0440 example.org.zone /chroot/named/conf/secondaries/",
];

/** Something done to the host behind the program's back, and how `pulumi preview` has to show it. */
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
    live: "nobody:named 0666",
    declared: "root:named 0644",
    ...byBaseline,
  },
  {
    commands: ["chmod 2775 /chroot/named/conf"],
    path: "conf",
    live: "root:named 2775",
    declared: "root:named 0755",
    ...byBaseline,
  },
  {
    commands: ["chown named /chroot/named/conf/example.com.zone"],
    path: "conf/example.com.zone",
    live: "named:named 0644",
    declared: "root:named 0644",
    ...byBaseline,
  },
  {
    commands: ["install -g root -m 4755 /bin/sh /chroot/named/conf/sh"],
    path: "conf/sh",
    live: "root:root 4755",
    declared: "root:named 0644",
    ...byBaseline,
  },
  {
    commands: ["rm -r /chroot/named/conf/secondaries"],
    path: "conf/secondaries",
    live: "absent",
    declared: "root:named 0770 directory",
    by: "Jail::named",
    reason: "files from master nameservers are parked here; named creates and replaces them",
  },
];

/** Lists the jail, one entry a line. */
export const listing = "cd /chroot/named && find . -printf '%m %u:%g %p\\n' | sort -k 3";

/** What the program declares, in the words of {@link listing}. */
export const made: readonly string[] = [
  "755 root:named .",
  "755 root:named ./conf",
  "770 root:named ./conf/secondaries",
  "755 root:named ./etc",
  "711 root:root ./var",
  "775 root:named ./var/run",
];

/** The jail after the repair: the same, and what was put into it. */
export const repaired: readonly string[] = [
  ...made,
  "644 root:named ./conf/example.com.zone",
  "644 root:named ./conf/sh",
  "644 root:named ./etc/named.conf",
];
