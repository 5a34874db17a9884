import { readExports } from "../../provider/drift/read-exports";
import { measuredLook } from "./look";

/** Looks at the hosts of an exported state, so many together, over SSH, and prints the figures. */
async function main(file: string, width: number): Promise<void> {
  console.log(JSON.stringify(await measuredLook({ name: "fleet", stacks: await readExports([file]), width })));
}

void main(process.argv[2] ?? "", Number(process.argv[3]));
