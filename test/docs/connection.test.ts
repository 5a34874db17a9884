import { testPage } from "../support/doc-run";
import { installSudo, keepSudoPassword, sudoer } from "../support/sudoer";

testPage("connection.md", {
  hosts: { "ns1.example.com": { accounts: { bind: { uid: 53, gid: 53 }, ...sudoer } } },
  before: async ({ stack, hosts }) => {
    for (const host of hosts.values()) await installSudo(host);
    keepSudoPassword(stack);
  },
});
