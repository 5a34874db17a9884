import { type Connection, connectionArgs } from "../../model/connection";
import { jumpsOf } from "./jumps";
import { InventoryMistake } from "./mistake";
import type { HostVariables } from "./variables";

/** Ansible's variables of a connection, by our argument; of several names the last one counts. */
const names = {
  host: ["ansible_host", "ansible_ssh_host"],
  port: ["ansible_port", "ansible_ssh_port"],
  user: ["ansible_user", "ansible_ssh_user"],
  password: ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"],
  privateKey: ["ansible_private_key", "ansible_ssh_private_key"],
  privateKeyFile: ["ansible_private_key_file", "ansible_ssh_private_key_file"],
  privateKeyPassword: ["ansible_private_key_passphrase", "ansible_ssh_private_key_passphrase"],
  "become.method": ["ansible_become_method"],
  "become.password": ["ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"],
  proxy: ["ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"],
} as const;

/** The connection that a host's variables describe. A variable that would change it in a way that has no counterpart is refused. */
export function connectionOf(variables: HostVariables, where: string): Connection {
  refuseOthers(variables);
  const texts = (["user", "password", "privateKey", "privateKeyFile", "privateKeyPassword"] as const).flatMap((key) => {
    const text = variables.text(...names[key]);
    if (text === undefined) return [];
    // Ansible follows a shell's name of the home directory, too.
    return [[key, key === "privateKeyFile" ? text.replace(/^\$HOME(?=\/)/, "~") : text] as const];
  });
  const port = variables.text(...names.port);
  const become = becomeOf(variables);
  const proxy = names.proxy.flatMap((name) => {
    const args = variables.text(name);
    return args === undefined ? [] : jumpsOf(args, (why, remedy) => variables.fail([name], why, remedy));
  });
  const connection = {
    host: variables.text(...names.host) ?? variables.host,
    ...(port === undefined ? {} : { port: /^\d+$/.test(port) ? Number(port) : Number.NaN }),
    ...Object.fromEntries(texts),
    ...(become === undefined ? {} : { become }),
    ...(proxy.length === 0 ? {} : { proxy }),
  };
  const parsed = connectionArgs.safeParse(connection);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const argument = issue?.path.filter((part) => typeof part === "string").join(".") ?? "";
  const why = argument === "port" ? "is no number from 1 to 65535" : (issue?.message ?? "");
  const remedy = "correct it";
  const own = names[argument as keyof typeof names] ?? names[issue?.path[0] as keyof typeof names];
  if (own?.some((name) => variables.has(name))) variables.fail(own, why, remedy);
  throw new InventoryMistake({ where, why: `the host ${JSON.stringify(variables.host)} ${why}`, remedy });
}

function becomeOf(variables: HostVariables): { method: string; password?: string } | undefined {
  const wanted = variables.boolean("ansible_become");
  const method = variables.text(...names["become.method"]);
  const password = variables.text(...names["become.password"]);
  if (wanted === false || (wanted === undefined && method === undefined && password === undefined)) return undefined;
  const user = variables.text("ansible_become_user") ?? "root";
  if (user !== "root")
    variables.fail(["ansible_become_user"], "is not root, whose rights a jail needs", "write root, or leave it out");
  const short = (method ?? "sudo").replace(/^(?:ansible\.builtin|community\.general)\./, "");
  if (short !== "sudo" && short !== "doas")
    variables.fail(
      names["become.method"],
      "is neither sudo nor doas, the methods that are known here",
      "write sudo or doas",
    );
  return { method: short, ...(password === undefined ? {} : { password }) };
}

/** Refuses variables without a counterpart that decide how, or as whom, a host is reached. */
function refuseOthers(variables: HostVariables): void {
  const way = (variables.text("ansible_connection") ?? "ssh").replace(/^ansible\.(?:builtin|netcommon)\./, "");
  if (!["ssh", "smart", "paramiko", "paramiko_ssh"].includes(way))
    variables.fail(
      ["ansible_connection"],
      "is not ssh, and a host is reached over SSH alone",
      "take the host out of the inventory",
    );
}
