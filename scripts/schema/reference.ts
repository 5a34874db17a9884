import { isVisible } from "../../provider/resources/visible";
import { models, packageSchema, type ResourceSpec } from "./package";
import { factsOf, type Names, type Property, shownType } from "./reference-facts";
import { nameOf, type ObjectSpec, type PropertySpec, tokenOf } from "./types";

/** The pages: the first name of each is the page's subject, the others are objects of its properties. */
const pages = {
  "jail.md": ["Jail", "Baseline", "Device", "Mount", "LogSocket", "Accounts", "JailUser", "HostFiles", "CaBundle"],
  "jail-file.md": ["JailFile"],
  "permission-rule.md": ["PermissionRule"],
  "wrapper.md": ["Wrapper", "Limits"],
  "connection.md": ["Connection", "ProxyConnection", "Become", "JailReference"],
};

const head = "<!-- Made by `npm run schema` from the zod models and their TSDoc: change those. -->\n";

/** The pages of docs/reference, by file name. */
export function referencePages(): Map<string, string> {
  const schema = packageSchema();
  const texts = Object.entries(pages).map(([file, names]) => {
    const told = new Map<string, string>();
    const sections = names.map((name) => {
      const section = sectionOf(name, schema.resources[tokenOf(name)], schema.types[tokenOf(name)]);
      return sectionText(section, name === names[0], { types: schema.types, link: linkFrom(file) }, told);
    });
    return [file, `${head}\n${sections.join("\n")}`] as const;
  });
  return new Map([["README.md", index(schema.resources)], ...texts]);
}

/** A link to the section of an object, as a page writes it. */
function linkFrom(page: string): (name: string) => string {
  return (name) => {
    const file = Object.entries(pages).find(([, names]) => names.includes(name))?.[0];
    if (file === undefined) throw new Error(`${name} has no page: add it to scripts/schema/reference.ts`);
    const heading = name === pages[file as keyof typeof pages][0] ? name : `${name}-object`;
    return `[${name}](${file === page ? "" : file}#${heading.toLowerCase()})`;
  };
}

/** A resource or an object. */
interface Section {
  readonly name: string;
  readonly description: string;
  readonly properties: readonly Property[];
  readonly outputs: readonly [string, PropertySpec][];
}

function sectionOf(name: string, resource: ResourceSpec | undefined, object: ObjectSpec | undefined): Section {
  const model = models.get(name);
  if (!model) throw new Error(`there is no model ${name}`);
  const inputs = resource?.inputProperties ?? object?.properties ?? {};
  const required = resource?.requiredInputs ?? object?.required ?? [];
  const properties = Object.entries(inputs).map(([key, spec]): Property => {
    const [member, schema] = [model.doc.members.get(key), model.schema.shape[key]];
    if (!member || !schema) throw new Error(`${name}.${key} has no TSDoc`);
    // A nested object is shown or hidden with the property that holds it.
    const isHidden = resource !== undefined && !isVisible(schema);
    return { key, spec, member, schema, isRequired: required.includes(key), isHidden };
  });
  const outputs = Object.entries(resource?.properties ?? {}).filter(([key]) => !(key in inputs));
  return { name, description: resource?.description ?? object?.description ?? "", properties, outputs };
}

/** Writes a section. `told` has the texts of the page's properties so far: an object that shares one gets a link to it. */
function sectionText(
  { name, description, properties, outputs }: Section,
  isFirst: boolean,
  names: Names,
  told: Map<string, string>,
): string {
  const texts: string[] = [];
  const rows = properties.map((property) => {
    const text = propertyText(property, names);
    const title = told.get(text) ?? `${name}.${property.key}`;
    if (!told.has(text)) texts.push(`### ${title}\n\n${text}`);
    told.set(text, title);
    return `| [${property.key}](#${title.toLowerCase().replaceAll(".", "")}) | ${summary(property, names)} |\n`;
  });
  return [
    `${isFirst ? `# ${name}` : `## ${name} object`}\n\n${description}\n`,
    `| Property | Type |\n|---|---|\n${rows.join("")}`,
    ...texts,
    ...(outputs.length > 0 ? [outputsText(outputs, names)] : []),
  ].join("\n");
}

function propertyText(property: Property, names: Names): string {
  const { text, defaultValue, refused, example } = property.member;
  return [
    `${factsOf(property, names)}\n`,
    `${text}\n`,
    ...(defaultValue === undefined ? [] : [`Default: ${defaultValue}.\n`]),
    ...(refused === undefined ? [] : [`Refused: ${refused}.\n`]),
    ...(example === undefined ? [] : [`\`\`\`ts\n${example}\n\`\`\`\n`]),
  ].join("\n");
}

function summary({ spec, isRequired }: Property, names: Names): string {
  return `${shownType(spec, names).replaceAll("|", "\\|")}${isRequired ? ", required" : ""}`;
}

function outputsText(outputs: Section["outputs"], names: Names): string {
  const rows = outputs.map(([key, spec]) => `| ${key} | ${shownType(spec, names)} | ${spec.description} |\n`);
  return `### Outputs\n\nEach property above is an output, too. Beside them:\n\n| Output | Type | |\n|---|---|---|\n${rows.join("")}`;
}

function index(resources: Readonly<Record<string, ResourceSpec>>): string {
  const first = (text: string) => text.split("\n\n")[0] ?? "";
  const subjects = Object.entries(pages).map(([file, [name = ""]]) => {
    const [, spec] = Object.entries(resources).find(([token]) => nameOf(token) === name) ?? [];
    const text = first(spec?.description ?? models.get(name)?.doc.description ?? "");
    return `| [${name}](${file}) | ${text} |\n`;
  });
  return `${head}
# Reference

Every property of every resource. Editors show the same text when you hover over a property.

| Page | |
|---|---|
${subjects.join("")}
Each property has a line of facts under its name:

- **required**: the resource is refused without it. All others are optional.
- **replaces**: a change deletes the resource and creates another one. Any other change is an update in place.
- **secret**: the stack's state keeps the value encrypted, even if your program does not mark it as a secret.
- **not shown in errors**: the value may be a \`pulumi.secret\`. A message about a mistake in it names the property and not the value.

\`Refused\` lists values that \`pulumi preview\` does not accept. A value that is refused "on the host" is one that only the host can
tell: the preview shows the refusal at its resource, other resources go on, and \`pulumi up\` fails for it and changes nothing there.

Paths in a jail are relative to its root, paths of the host are absolute. A map goes from a name, a path or a glob to the
reason. Property values may be Outputs of other resources.
`;
}
