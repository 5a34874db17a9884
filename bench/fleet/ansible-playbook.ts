import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ManyHosts, rootOf } from "../many-hosts";
import { timed } from "../measure";

/** The version of Ansible; an error with its installation where there is none. */
export async function expectAnsible(): Promise<string> {
  try {
    const { stdout } = await timed("ansible-playbook", ["--version"], process.env);
    return stdout.split("\n")[0] ?? "";
  } catch (error) {
    const how = 'run "apt-get install --no-install-recommends ansible-core", or pass --without-ansible';
    throw new Error(`no ansible-playbook on the PATH to compare with: ${how}`, { cause: error });
  }
}

/** Two ways to write the same declaration. */
export type Playbook = "loop" | "recurse";

interface PlaybookOptions {
  /** Entries of each jail, as `startHosts` makes them. */
  readonly entries: number;
  readonly forks: number;
}

/**
 * Functions that run a playbook in check mode over all hosts, and resolve with its milliseconds. All settings are the fastest ones of
 * Ansible itself: it asks for no facts, keeps its connections, sends modules through stdin, and prints no line for what is in sync.
 * A loop in one task is faster than a task for each path, which starts a worker for each.
 */
export function playbooks(
  hosts: ManyHosts,
  { entries, forks }: PlaybookOptions,
): Readonly<Record<Playbook, () => Promise<number>>> {
  const { host, known } = hosts;
  const folder = join(host.directory, "ansible");
  for (const made of [folder, join(folder, "home"), join(folder, "cp")]) mkdirSync(made, { mode: 0o700 });
  const ssh = `-F none -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${known} -o StrictHostKeyChecking=yes`;
  const config = `[defaults]
inventory = ${join(folder, "inventory")}
forks = ${forks}
gathering = explicit
interpreter_python = /usr/bin/python3
private_key_file = ${host.privateKeyFile}
remote_user = root
display_ok_hosts = false
[ssh_connection]
pipelining = true
ssh_args = ${ssh}
control_path_dir = ${join(folder, "cp")}
`;
  const inventory = hosts.addresses.map(
    (address, index) =>
      `host${index} ansible_host=${address} ansible_port=${host.port} root=${rootOf(index)} ansible_become=false\n`,
  );
  writeFileSync(join(folder, "ansible.cfg"), config);
  writeFileSync(join(folder, "inventory"), inventory.join(""));
  const env = {
    ...process.env,
    ANSIBLE_CONFIG: join(folder, "ansible.cfg"),
    HOME: join(folder, "home"),
    LC_ALL: "C.UTF-8",
    SSH_AUTH_SOCK: "",
  };
  const run = async (name: Playbook, tasks: object[]) => {
    const file = join(folder, `${name}.json`);
    // JSON is YAML.
    writeFileSync(file, JSON.stringify([{ hosts: "all", gather_facts: false, tasks }]));
    const { milliseconds, stdout } = await timed("ansible-playbook", ["--check", file], env);
    const inSync = stdout.match(/ok=1 +changed=0 +unreachable=0 +failed=0/g)?.length;
    if (inSync !== hosts.addresses.length) throw new Error(`Ansible has not found all hosts in sync:\n${stdout}`);
    return milliseconds;
  };
  const owners = { owner: "root", group: "www", follow: false };
  const directories = ["", "/etc", "/lib"].map((path) => ({ path, state: "directory", mode: "0750" }));
  const files = Array.from({ length: entries - directories.length }, (_, index) => ({
    path: `/lib/${index + 1}`,
    state: "file",
    mode: "0640",
  }));
  const item = { path: "{{ root }}{{ item.path }}", state: "{{ item.state }}", mode: "{{ item.mode }}" };
  const loop = { "ansible.builtin.file": { ...item, ...owners }, loop: [...directories, ...files] };
  const all = { path: "{{ root }}", state: "directory", recurse: true, mode: "u=rwX,g=rX,o=" };
  return {
    loop: () => run("loop", [loop]),
    recurse: () => run("recurse", [{ "ansible.builtin.file": { ...all, ...owners } }]),
  };
}
