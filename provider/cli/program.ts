import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { completionScript, shells } from "./completion";
import { driftCommand } from "./drift-command";
import { rolloutCommand } from "./rollout-command";

/** The command `pulumi-chroot` with all commands below it. */
export function program(): Command {
  const manifest = readFileSync(join(__dirname, "..", "..", "..", "package.json"), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  const root = new Command("pulumi-chroot")
    .description("Chroot jails as code: drift of whole fleets, and rollouts in waves.")
    .version(version, "--version", "show the version")
    .showHelpAfterError("(add --help for the options)")
    .showSuggestionAfterError()
    .addCommand(driftCommand())
    .addCommand(rolloutCommand());
  root
    .command("completion")
    .summary("print a script for a shell's completion")
    .description("Prints a script for a shell's completion: source <(pulumi-chroot completion bash)")
    .addArgument(new Argument("<shell>").choices(shells))
    .action((shell: (typeof shells)[number]) => {
      process.stdout.write(completionScript(root, shell));
    });
  return root;
}
