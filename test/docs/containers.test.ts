import { testPage } from "../support/doc-run";

const accounts = { www: { uid: 33, gid: 33 }, backup: { uid: 34, gid: 34 } };

testPage("containers.md", {
  hosts: {
    "alpine.example.com": { flavour: "busybox", accounts },
    "container.example.com": { accounts, lacks: ["sys_ptrace"] },
  },
});
