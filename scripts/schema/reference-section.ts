import type { Member } from "./sources";

/** The pages: the first name of each is the page's subject, the others are objects and types of its properties. */
export const pages: Readonly<Record<string, readonly string[]>> = {
  "jail.md": ["Jail", "Baseline", "Device", "Mount", "LogSocket", "Accounts", "JailUser", "HostFiles", "CaBundle"],
  "jail-file.md": ["JailFile"],
  "permission-rule.md": ["PermissionRule"],
  "wrapper.md": ["Wrapper", "Limits"],
  "jail-bundle.md": ["JailBundle"],
  "connection.md": ["Connection", "ProxyConnection", "Become", "JailReference"],
  "jail-fleet.md": [
    ...["JailFleet", "FleetConnection", "FleetWave", "GateFunction", "GatedWave"],
    ...["DeclaredHost", "DeclaredOptions", "Declared", "FleetHostState"],
  ],
  "gate.md": ["GateDeclaration", "TcpCheck", "DnsCheck", "HttpCheck", "DnsType"],
  "fleet.md": ["Fleet", "FleetHost", "HostGroup", "FleetUnit", "RolloutWave", "RolloutOptions", "Share", "Labels"],
};

/** A property as the reference shows it. */
interface ToldProperty {
  readonly key: string;
  readonly member: Omit<Member, "type">;
  /** The type, with links to the objects in it. */
  readonly type: string;
  /** Everything else of the line under its name. */
  readonly facts: readonly string[];
  readonly isRequired: boolean;
}

/** A resource, an object or a type. */
export interface Section {
  readonly name: string;
  readonly kind: "object" | "type";
  readonly description: string;
  /** The declaration of a type, in TypeScript. */
  readonly code?: string;
  readonly properties: readonly ToldProperty[];
  readonly outputs: readonly { readonly key: string; readonly type: string; readonly description: string }[];
  /** Its properties are outputs, too. */
  readonly isResource?: boolean;
}

/** A link to a section, as one of the pages writes it. */
export type Link = (name: string) => string;

/** Writes the pages. `sectionOf` makes the section of a name, with the links of its page. */
export function pagesOf(sectionOf: (name: string, link: Link) => Section, head: string): Map<string, string> {
  const kindOf = (name: string) => sectionOf(name, (other) => other).kind;
  const texts = Object.entries(pages).map(([file, names]) => {
    const told = new Map<string, string>();
    const sections = names.map((name) => sectionText(sectionOf(name, linkFrom(file, kindOf)), name === names[0], told));
    return [file, `${head}\n${sections.join("\n")}`] as const;
  });
  return new Map(texts);
}

function linkFrom(page: string, kindOf: (name: string) => Section["kind"]): Link {
  return (name) => {
    const [file, names] = Object.entries(pages).find(([, all]) => all.includes(name)) ?? [];
    if (file === undefined) throw new Error(`${name} has no page: add it to scripts/schema/reference-section.ts`);
    const heading = name === names?.[0] ? name : `${name}-${kindOf(name)}`;
    return `[${name}](${file === page ? "" : file}#${heading.toLowerCase()})`;
  };
}

/** Writes a section. `told` has the texts of the page's properties so far: an object that shares one gets a link to it. */
function sectionText(section: Section, isFirst: boolean, told: Map<string, string>): string {
  const { name, kind, description, code, properties, outputs } = section;
  const texts: string[] = [];
  const rows = properties.map((property) => {
    const text = propertyText(property);
    const title = told.get(text) ?? `${name}.${property.key}`;
    if (!told.has(text)) texts.push(`### ${title}\n\n${text}`);
    told.set(text, title);
    return `| [${property.key}](#${title.toLowerCase().replaceAll(".", "")}) | ${summary(property)} |\n`;
  });
  return [
    `${isFirst ? `# ${name}` : `## ${name} ${kind}`}\n\n${description}\n`,
    ...(code === undefined ? [] : [`\`\`\`ts\n${code}\n\`\`\`\n`]),
    ...(rows.length === 0 ? [] : [`| Property | Type |\n|---|---|\n${rows.join("")}`]),
    ...texts,
    ...(outputs.length > 0 ? [outputsText(section)] : []),
  ].join("\n");
}

function propertyText({ type, facts, member }: ToldProperty): string {
  const { text, defaultValue, refused, example } = member;
  return [
    `${[type, ...facts].join(" · ")}\n`,
    `${text}\n`,
    ...(defaultValue === undefined ? [] : [`Default: ${defaultValue}.\n`]),
    ...(refused === undefined ? [] : [`Refused: ${refused}.\n`]),
    ...(example === undefined ? [] : [`\`\`\`ts\n${example}\n\`\`\`\n`]),
  ].join("\n");
}

function summary({ type, isRequired }: ToldProperty): string {
  return `${type.replaceAll("|", "\\|")}${isRequired ? ", required" : ""}`;
}

function outputsText({ outputs, isResource = false }: Section): string {
  const lead = isResource ? "Each property above is an output, too. Beside them:\n\n" : "";
  const rows = outputs.map(({ key, type, description }) => `| ${key} | ${type} | ${description} |\n`);
  return `### Outputs\n\n${lead}| Output | Type | |\n|---|---|---|\n${rows.join("")}`;
}
