import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageSchema } from "./schema/package";
import { checkout } from "./schema/sources";

/** `npm run schema`: writes schema.json, which is committed; a test compares the two. */
writeFileSync(join(checkout, "schema.json"), `${JSON.stringify(packageSchema(), null, 2)}\n`);
