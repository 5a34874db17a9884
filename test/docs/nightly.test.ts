import { testPage } from "../support/doc-run";

const accounts = { bind: { uid: 53, gid: 53 } };

testPage("nightly.md", { hosts: { "ns1.example.com": { accounts }, "ns2.example.com": { accounts } } });
