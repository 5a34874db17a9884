import type { Server } from "../../model/connection";
import { wordsOf } from "./words";

/** The jump hosts that arguments of ssh ask for, as Ansible's `ansible_ssh_common_args` has them: `-J` and `-o ProxyJump=`. */
export function jumpsOf(args: string, fail: (why: string, remedy: string) => never): Server[] {
  const words = wordsOf(args);
  const remedy = "remove it, and write the option into ~/.ssh/config, which Ansible follows too";
  if ("why" in words) return fail(words.why, "put quotes around a value with spaces");
  const left = [...words];
  const jumps: string[] = [];
  while (left.length > 0) {
    const [, option = "", inline = ""] = /^-([oJ])(.*)$/s.exec(left.shift() ?? "") ?? [];
    const value = inline === "" ? (left.shift() ?? "") : inline;
    const [, keyword = "", set = ""] = /^\s*(\w+)\s*[=\s]\s*(.*)$/s.exec(value) ?? [];
    if (option === "J") jumps.push(value);
    else if (option === "o" && keyword.toLowerCase() === "proxyjump") jumps.push(set);
    else return fail("has an option of ssh other than -J and -o ProxyJump", remedy);
  }
  return jumps.flatMap((jump) => jump.split(",")).map((jump) => serverOf(jump, fail));
}

function serverOf(jump: string, fail: (why: string, remedy: string) => never): Server {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@/[\]]+))(?::(\d+))?$/.exec(jump) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return fail("names a jump host that is not of the form user@host:port", "correct it");
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) };
}
