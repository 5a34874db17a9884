import { describe, expect, test } from "@jest/globals";
import { InventoryText } from "../../../provider/fleet/inventory/read";

function hostIn(line: string) {
  const inventory = new InventoryText();
  inventory.addIni({ path: "hosts", text: `[g]\na ${line}\n` });
  return inventory.hosts()["a"];
}

describe("Ansible's variables of a connection", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["ansible_host=b ansible_port=22 ansible_user=me", { host: "b", port: 22, user: "me" }],
    ["ansible_password=one ansible_ssh_pass=two", { password: "two" }],
    ["ansible_ssh_private_key=k ansible_ssh_private_key_passphrase=p", { privateKey: "k", privateKeyPassword: "p" }],
    ["ansible_private_key_file=~/.ssh/id_ed25519", { privateKeyFile: "~/.ssh/id_ed25519" }],
    ["ansible_ssh_private_key_file=$HOME/fleet", { privateKeyFile: "~/fleet" }],
    ["ansible_user='' ansible_python_interpreter=/usr/bin/python3", {}],
    ["ansible_become=TRUE", { become: { method: "sudo" } }],
    ["ansible_become_pass=p", { become: { method: "sudo", password: "p" } }],
    ["ansible_become=no ansible_become_pass=p", {}],
    ["ansible_connection=paramiko_ssh", {}],
    [
      "ansible_ssh_common_args='-o ProxyJump=me@[2001:db8::1]:22,b -J ssh://c'",
      { proxy: [{ host: "2001:db8::1", user: "me", port: 22 }, { host: "b" }, { host: "c" }] },
    ],
  ];
  for (const [line, connection] of cases)
    test(`count: ${line}`, () => {
      expect(hostIn(line)).toStrictEqual({ host: "a", labels: { group: ["g"] }, ...connection });
    });

  const wrong: readonly (readonly [string, RegExp])[] = [
    [
      "ansible_host='{{ hunter2 }}'",
      /^hosts:2: the host a: ansible_host is a template \(\{\{ … \}\}\), .*\nwrite the value/,
    ],
    [
      "ansible_password='$ANSIBLE_VAULT;1.1;AES256 hunter2'",
      /: ansible_password is encrypted by Ansible Vault.*\ngive it in/,
    ],
    ["ansible_become_password='{% hunter2 %}'", /ansible_become_password is a template/],
    [`ansible_password="['hunter2']"`, /ansible_password is no text\nput the value in quotes/],
    ["ansible_port=hunter2", /^hosts:2: the host a: ansible_port is no number from 1 to 65535/],
    ["ansible_port=65536", /ansible_port is no number/],
    ["ansible_host='b;c'", /ansible_host has characters in it/],
    ["ansible_host=me@b", /ansible_host is more than a name/],
    ["ansible_user=-oProxyCommand", /ansible_user has characters in it/],
    ["ansible_connection=local", /ansible_connection is not ssh, .*\ntake the host out/],
    ["ansible_become=maybe", /ansible_become is neither true nor false/],
    ["ansible_become_method=su", /ansible_become_method is neither sudo nor doas/],
    ["ansible_become=1 ansible_become_user=bind", /ansible_become_user is not root/],
    ["ansible_become_method=doas ansible_become_pass=hunter2", /ansible_become_pass is nothing that doas would read/],
    [
      "ansible_ssh_private_key=hunter2 ansible_private_key_file=f",
      /ansible_private_key_file is given beside privateKey/,
    ],
    [
      "ansible_ssh_args='-o ProxyCommand=hunter2'",
      /ansible_ssh_args has an option of ssh other than -J and -o ProxyJump/,
    ],
    ["ansible_ssh_extra_args='-J a/b'", /ansible_ssh_extra_args names a jump host that is not of the form/],
    ["ansible_ssh_extra_args='-J \"a;b\"'", /ansible_ssh_extra_args has characters in it/],
    [`ansible_ssh_extra_args="-J 'a"`, /ansible_ssh_extra_args has a quote that does not end/],
  ];
  for (const [line, message] of wrong)
    test(`are refused: ${line}`, () => {
      expect(() => hostIn(line)).toThrow(message);
      expect(() => hostIn(line)).not.toThrow(/hunter2/);
    });

  test("are no labels, and neither are secrets, templates and nested values", () => {
    const line =
      "site=ams db_password=p api_key=k x='{{ y }}' n=\"{'a': 1}\" group=own none=None ansible_x=1 keyboard=de";
    expect(hostIn(line)?.labels).toStrictEqual({ group: ["g"], site: "ams", keyboard: "de" });
  });
});
