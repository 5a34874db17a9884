import { interfaceSection } from "./interface-sections";
import { modelSection } from "./model-sections";
import { type Link, pages, pagesOf, type Section } from "./reference-section";

const head = "<!-- Made by `npm run schema` from the zod models and their TSDoc: change those. -->\n";

/** The pages of docs/reference, by file name. */
export function referencePages(): Map<string, string> {
  return new Map([["README.md", index()], ...pagesOf(sectionOf, head)]);
}

function sectionOf(name: string, link: Link): Section {
  return modelSection(name, link) ?? interfaceSection(name, link);
}

function index(): string {
  const rows = Object.entries(pages).map(([file, [name = ""]]) => {
    const [first = ""] = sectionOf(name, (other) => other).description.split("\n\n");
    return `| [${name}](${file}) | ${first} |\n`;
  });
  return `${head}
# Reference

Every property of every resource, and of fleets. Editors show the same text when you hover over a property.

| Page | |
|---|---|
${rows.join("")}
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
