import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeKey } from "../../scripts/lab/keys";
import { testPage } from "../support/doc-run";
import { installSudo, keepSudoPassword, sudoer } from "../support/sudoer";

const accounts = { bind: { uid: 53, gid: 53 } };

testPage("start.md", {
  hosts: {
    "ns1.example.com": { accounts },
    "ns2.example.com": { accounts },
    "ns3.example.com": { accounts },
    "ns4.example.com": { accounts: { ...accounts, ...sudoer } },
  },
  async before({ stack, hosts }) {
    const ssh = (name: string) => join(stack.directory, "home", ".ssh", name);
    const known = readFileSync(ssh("known_hosts"), "utf8").split("\n");
    const strange = `[127.0.0.1]:${hosts.get("ns2.example.com")?.port} `;
    writeFileSync(ssh("known_hosts"), known.filter((line) => !line.startsWith(strange)).join("\n"));
    writeFileSync(ssh("ns3.example.com.key"), makeKey("ed25519").privateKey);
    const admins = hosts.get("ns4.example.com");
    if (admins) await installSudo(admins);
    keepSudoPassword(stack);
  },
});
