import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./sources";

/** The file of a program in each language, in the order of the registry's pages. */
const programs = { typescript: "index.ts", python: "__main__.py", go: "main.go", yaml: "Pulumi.yaml" } as const;

/** The example of a resource as Pulumi's registry and the generators of SDKs read it: a program in each language. */
export function exampleOf(resource: string): string {
  const folder = join(checkout, "examples", "reference", folderOf(resource));
  const blocks = Object.entries(programs).map(([language, file]) => {
    const text = readFileSync(join(folder, file), "utf8").trimEnd();
    return `\`\`\`${language}\n${language === "yaml" ? withoutProject(text) : text}\n\`\`\``;
  });
  const lines = [
    "{{% examples %}}",
    "## Example Usage",
    "{{% example %}}",
    ...blocks,
    "{{% /example %}}",
    "{{% /examples %}}",
  ];
  return lines.join("\n\n");
}

/** `jail-file` of JailFile. */
function folderOf(resource: string): string {
  return resource.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

/** The name of a project and its runtime are no part of an example. */
function withoutProject(text: string): string {
  return text.replace(/^(?:name|runtime): .*\n/gm, "");
}
