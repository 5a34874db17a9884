import { Command } from "commander";
import { unlessCutShort } from "./cut-short";
import { withReportOptions } from "./report-options";
import type { RolloutCommandOptions } from "./rollout";
import { wholeNumber } from "./whole-number";

export function rolloutCommand(): Command {
  const command = new Command("rollout")
    .summary("roll a fleet out in waves")
    .description(
      `Takes each unit of a fleet through \`pulumi up\`, wave by wave, and stops where more units fail than the fleet tolerates. A \
rollout that was stopped or killed goes on with the same command.

Exit status: 0 all units are as declared, 2 a preview shows drift, 3 a unit was refused, unreachable or not begun, \
1 a unit, a gate or the command failed.`,
    )
    .argument("[file]", "the file that exports the fleet", "fleet.ts")
    .option("--plan", "show the waves in numbers, and start nothing")
    .option("--preview", "preview every unit, and change no host")
    .option("--yes", "approve every wave")
    .option("--approvals <file>", "approve a wave once the file has the line that the command asks for")
    .option("--approve-by <command>", "approve by a shell command that ends with 0 for the wave $WAVE of $ROLLOUT")
    .option("--record <file>", "the rollout's record (default: .pulumi-chroot/NAME.rollout.jsonl)")
    .option("--width <units>", "units in flight at once (default: by processors and memory)", wholeNumber);
  return withReportOptions(command)
    .addHelpText(
      "after",
      `
Examples:
  $ pulumi-chroot rollout --plan
  $ pulumi-chroot rollout --preview --html preview.html
  $ pulumi-chroot rollout --yes --junit rollout.xml`,
    )
    .action(async (file: string, options: RolloutCommandOptions) => {
      // Help and completion do without.
      const { rollOut } = require("./rollout") as typeof import("./rollout");
      process.exitCode = await unlessCutShort(file, rollOut(file, options));
    });
}
