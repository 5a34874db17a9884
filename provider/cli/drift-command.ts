import { Command } from "commander";
import type { DriftCommandOptions } from "./drift";
import { withReportOptions } from "./report-options";
import { wholeNumber } from "./whole-number";

export function driftCommand(): Command {
  const command = new Command("drift")
    .summary("compare all hosts with the stacks' states")
    .description(
      `Compares all hosts with the states of stacks, and changes nothing. It needs no program: it takes the declarations that the \
last \`pulumi up\` has stored. Without a stack's name it looks at all stacks of the project and of the fleet in this folder.

Exit status: 0 all is as declared, 2 drift, 3 a part was not checked or is refused, 1 the command failed.`,
    )
    .argument("[stack...]", "stacks, as `pulumi stack ls` prints them")
    .option("--all", "all stacks of all projects in the backend")
    .option("--export <file...>", "read states from files that `pulumi stack export --show-secrets` has written")
    .option("--width <hosts>", "hosts to look at together (default: 64)", wholeNumber)
    .option("--only-new <file>", "report only news since the run that has written the file, and write it anew")
    .option("--watch <seconds>", "look again after so many seconds, until the command is stopped", wholeNumber);
  return withReportOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ pulumi-chroot drift
  $ pulumi-chroot drift prod staging --html drift.html
  $ pulumi-chroot drift --only-new last.json --webhook "$URL" --watch 300`,
    )
    .action(async (stacks: string[], options: DriftCommandOptions) => {
      // The engine takes a third of a second to load: help and completion do without.
      const { drift } = require("./drift") as typeof import("./drift");
      process.exitCode = await drift(stacks, options);
    });
}
