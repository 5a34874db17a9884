import { testPage } from "../support/doc-run";

testPage("concepts.md", { hosts: { "web1.example.com": { accounts: { www: { uid: 33, gid: 33 } } } } });
