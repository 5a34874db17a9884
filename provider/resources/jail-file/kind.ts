import { type GivenContent, isArchive, isAsset } from "../../model/asset";
import { bytesOf } from "../../model/bytes";
import { sameRoot } from "../jail-reference";
import type { Commands, DeclaredFile, ResourceKind } from "../kind";
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
  place: ({ path }) => String(path),
  content: contentIn,
  secretMark: "secret",
  file: (args) => declaredFile(args as Partial<JailFileInputs>),
  followed: (args, { file, directory }) => ({
    ...args,
    path: (args["directory"] ? directory : file)(String(args["path"])),
  }),
  files: (declaration, { root }) => jailFiles(declaration, root),
  accounts: ({ args: { validateUser } }) => ({
    users: validateUser === undefined ? [] : [String(validateUser)],
    groups: [],
  }),
  commands: (args) => commandsOf(args as Partial<JailFileInputs>),
  site: (args) => (args as JailFileInputs).jail,
  // Only the resource itself knows the content: the registry and other stacks do not.
  recorded: ({ jail: _, content: _content, source: _source, entry: _entry, ...args }) => args,
  replacedBy: (olds, news) => [
    ...(sameRoot(olds, news) ? [] : ["jail"]),
    ...(olds["path"] === news["path"] ? [] : ["path"]),
  ],
  outputs: () => ({}),
};

/** A state keeps the checksum of a whole archive, which does not identify one entry. */
function contentIn({ content, source, entry }: Readonly<Record<string, unknown>>): GivenContent | undefined {
  if (typeof content === "string") return { text: content };
  if (isAsset(source)) return { asset: source };
  const isGiven = isArchive(source) && (source.assets ?? source.path) !== undefined;
  return isGiven ? { archive: source, entry: String(entry) } : undefined;
}

function declaredFile({ path = "", hostFile, secret }: Partial<JailFileInputs>): DeclaredFile {
  const source = hostFile === undefined ? {} : { hostFile: bytesOf(hostFile) };
  return { at: bytesOf(path), isSecret: secret === true, ...source };
}

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
