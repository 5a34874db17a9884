import { sameRoot } from "../fields";
import type { Commands, ResourceKind } from "../kind";
import { type JailFileInputs, jailFileArgs } from "./args";
import { type FileIntent, jailFileClaims, jailFiles } from "./claims";

/** Seconds that a command may take. */
const defaultTimeLimit = 60;

export const jailFileKind: ResourceKind = {
  name: "JailFile",
  declaresJail: false,
  schema: jailFileArgs,
  keys: Object.keys(jailFileArgs.shape),
  claims: ({ args, owner }) => jailFileClaims(args as unknown as FileIntent, owner),
  files: (declaration, { root }) => jailFiles(declaration, root),
  accounts: ({ args: { validateUser } }) => ({
    users: validateUser === undefined ? [] : [String(validateUser)],
    groups: [],
  }),
  commands: (args) => commandsOf(args as Partial<JailFileInputs>),
  site: (args) => (args as JailFileInputs).jail,
  // Nobody but the resource itself knows what is in the file: not the registry, and no other stack.
  recorded: ({ jail: _, content: _content, source: _source, entry: _entry, ...args }) => args,
  replacedBy: (olds, news) => [
    ...(sameRoot(olds, news) ? [] : ["jail"]),
    ...(olds["path"] === news["path"] ? [] : ["path"]),
  ],
  outputs: () => ({}),
};

function commandsOf({
  validate,
  validateUser,
  onChange,
  timeLimit = defaultTimeLimit,
}: Partial<JailFileInputs>): Commands {
  return {
    ...(validate
      ? { validate: { argv: validate, timeLimit, ...(validateUser === undefined ? {} : { user: validateUser }) } }
      : {}),
    ...(onChange ? { onChange: [{ argv: onChange, timeLimit }] } : {}),
  };
}
