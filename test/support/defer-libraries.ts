import { existsSync } from "node:fs";
import "../../provider/plugin/defer-libraries";

// Preloaded into the processes of Pulumi's SDK: without it, a third of a command's CPU loads libraries that no program here calls.

// The language host that the tests build is old, and ignores `typescript: false` in Pulumi.yaml.
if (!existsSync("index.ts")) delete process.env["PULUMI_NODEJS_TYPESCRIPT"];
