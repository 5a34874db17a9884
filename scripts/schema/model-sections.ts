import { isVisible } from "../../provider/resources/visible";
import { models, packageSchema } from "./package";
import { factsOf, shownType } from "./reference-facts";
import type { Link, Section } from "./reference-section";
import { tokenOf } from "./types";

const { resources, types } = packageSchema();

/** The section of a resource of the schema, or of an object of one; undefined for any other name. */
export function modelSection(name: string, link: Link): Section | undefined {
  const model = models.get(name);
  if (!model) return undefined;
  const [resource, object] = [resources[tokenOf(name)], types[tokenOf(name)]];
  const names = { types, link };
  const inputs = resource?.inputProperties ?? object?.properties ?? {};
  const required = resource?.requiredInputs ?? object?.required ?? [];
  const properties = Object.entries(inputs).map(([key, spec]) => {
    const [member, schema] = [model.doc.members.get(key), model.schema.shape[key]];
    if (!member || !schema) throw new Error(`${name}.${key} has no TSDoc`);
    // A nested object is shown or hidden with the property that holds it.
    const isHidden = resource !== undefined && !isVisible(schema);
    const isRequired = required.includes(key);
    const facts = factsOf({ spec, member, schema, isRequired, isHidden }, names);
    return { key, member, type: shownType(spec, names), facts, isRequired };
  });
  const outputs = Object.entries(resource?.properties ?? {}).flatMap(([key, spec]) =>
    key in inputs ? [] : [{ key, type: shownType(spec, names), description: spec.description }],
  );
  const description = resource?.description ?? object?.description ?? "";
  return { name, kind: "object", description, properties, outputs, isResource: resource !== undefined };
}
