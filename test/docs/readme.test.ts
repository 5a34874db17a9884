import { testPage } from "../support/doc-run";

testPage("../README.md", {
  hosts: { "ns1.example.com": { accounts: { bind: { uid: 53, gid: 53 } } } },
  project: "dns",
});
