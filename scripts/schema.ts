import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assessmentSchema } from "./schema/assessment";
import { argumentInterfaces } from "./schema/interfaces";
import { packageSchema } from "./schema/package";
import { checkout } from "./schema/sources";

/** `npm run schema`: writes the schemas and the argument interfaces, which are committed; a test compares them. */
writeFileSync(join(checkout, "schema.json"), `${JSON.stringify(packageSchema(), null, 2)}\n`);
writeFileSync(join(checkout, "provider", "resources", "arguments.ts"), argumentInterfaces());
writeFileSync(join(checkout, "schema", "assessment.v1.json"), assessmentSchema());
