import * as chroot from "pulumi-chroot";

new chroot.PermissionRule("secondaries", {
  jail: { connection: { host: "ns1.example.com" }, root: "/chroot/named" },
  match: "conf/secondaries/**",
  runtime: true,
  owner: "bind",
  group: "bind",
  fileMode: "ug=r,o=",
  reason: "a transferred zone is replaced as a whole, never edited, and is nobody else's business",
});
