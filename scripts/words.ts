import { join } from "node:path";
import { checkWords } from "./words/check";

/** `npm run lint` runs this last: comments must name their subject, and commit subjects must be short. */
const { lines, isClean } = checkWords(join(__dirname, "..", ".."), "2160eaf");
for (const line of lines) console.log(line);
process.exitCode = isClean ? 0 : 1;
