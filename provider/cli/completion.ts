import type { Command } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** The words that may follow each command: options and the names of commands below it. */
interface Words {
  /** Empty for the program itself. */
  readonly command: string;
  readonly words: readonly { readonly word: string; readonly meaning: string }[];
}

/** A script for a shell's completion: `source <(pulumi-chroot completion bash)`. It is made of the commands' own help. */
export function completionScript(program: Command, shell: Shell): string {
  const name = program.name();
  const all = [wordsOf(program, ""), ...program.commands.map((command) => wordsOf(command, command.name()))];
  if (shell === "bash") return bash(name, all);
  return shell === "zsh" ? zsh(name, all) : fish(name, all);
}

function wordsOf(command: Command, name: string): Words {
  const options = command.options.flatMap(({ long, description }) =>
    long ? [{ word: long, meaning: description }] : [],
  );
  const commands = command.commands.map((one) => ({ word: one.name(), meaning: one.summary() }));
  return { command: name, words: [...commands, ...options, { word: "--help", meaning: "show the help" }] };
}

function bash(name: string, all: readonly Words[]): string {
  const cases = all.map(
    ({ command, words }) =>
      `    ${command === "" ? "*" : command}) words="${words.map(({ word }) => word).join(" ")}" ;;`,
  );
  // The case of the program itself fits any word, so it comes last.
  return `_pulumi_chroot() {
  local words
  case "\${COMP_WORDS[1]}" in
${[...cases.slice(1), cases[0]].join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _pulumi_chroot ${name}
`;
}

function zsh(name: string, all: readonly Words[]): string {
  const quoted = ({ word, meaning }: Words["words"][number]) => `'${`${word}:${meaning}`.replaceAll("'", "'\\''")}'`;
  const cases = all.map(
    ({ command, words }) => `    ${command === "" ? "*" : command}) options=(${words.map(quoted).join(" ")}) ;;`,
  );
  return `#compdef ${name}
_pulumi_chroot() {
  local -a options
  case "\${words[2]}" in
${[...cases.slice(1), cases[0]].join("\n")}
  esac
  _describe '${name}' options || _files
}
compdef _pulumi_chroot ${name}
`;
}

function fish(name: string, all: readonly Words[]): string {
  const lines = all.flatMap(({ command, words }) =>
    words.map(({ word, meaning }) => {
      const when = command === "" ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${command}`;
      const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c ${name} -n '${when}' ${what} -d '${meaning.replaceAll("'", "\\'")}'`;
    }),
  );
  return `${lines.join("\n")}\n`;
}
