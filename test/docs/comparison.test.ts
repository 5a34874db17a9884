import { testPage } from "../support/doc-run";

testPage("comparison.md", { hosts: { "ns1.example.com": { accounts: { bind: { uid: 53, gid: 53 } } } } });
