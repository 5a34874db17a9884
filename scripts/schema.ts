import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assessmentSchema } from "./schema/assessment";
import { fleetReportSchema } from "./schema/fleet-report";
import { argumentInterfaces, plainConnection } from "./schema/interfaces";
import { publishedSchema } from "./schema/published";
import { referencePages } from "./schema/reference";
import { checkout } from "./schema/sources";

/** `npm run schema`: writes the schemas, the argument interfaces and the reference, which are committed; tests compare them. */
writeFileSync(join(checkout, "schema.json"), `${JSON.stringify(publishedSchema(), null, 2)}\n`);
writeFileSync(join(checkout, "provider", "resources", "arguments.ts"), argumentInterfaces());
writeFileSync(join(checkout, "provider", "fleet", "connection.ts"), plainConnection());
writeFileSync(join(checkout, "schema", "assessment.v1.json"), assessmentSchema());
writeFileSync(join(checkout, "schema", "fleet-report.v1.json"), fleetReportSchema());

const reference = join(checkout, "docs", "reference");
mkdirSync(reference, { recursive: true });
for (const [name, text] of referencePages()) writeFileSync(join(reference, name), text);
