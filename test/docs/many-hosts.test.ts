import { testPage } from "../support/doc-run";

const accounts = { bind: { uid: 53, gid: 53 } };
const names = ["ns1", "ns2", "ns3"].map((name) => `${name}.example.com`);

testPage("many-hosts.md", { hosts: Object.fromEntries(names.map((name) => [name, { accounts }])) });
