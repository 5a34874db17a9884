import { testPage } from "../support/doc-run";

testPage("wrappers.md", {
  hosts: { "app1.example.com": { accounts: { reports: { uid: 1044, gid: 1044 } } } },
  // The daemon is a program that waits.
  before: async ({ hosts }) =>
    hosts.get("app1.example.com")?.must("mkdir -p /opt/reports /opt/jails && cp /bin/sleep /opt/reports/reportd"),
});
