import { testPage } from "../support/doc-run";

testPage("deleting.md", { hosts: { "web1.example.com": { accounts: { www: { uid: 33, gid: 33 } } } } });
