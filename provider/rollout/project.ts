import { LocalWorkspace, type ProjectSettings } from "@pulumi/pulumi/automation";
import type { Fleet, FleetUnit } from "../fleet/fleet";
import { cannotWrite } from "./cannot-write";
import { findCli } from "./command";
import { ErrorsApart } from "./errors-apart";
import type { Jails } from "./jails";
import { PulumiStack } from "./pulumi-stack";
import { stackName } from "./stack-name";
import type { UnitStack } from "./unit-stack";
import { Whys } from "./why";

/** The Pulumi project of a fleet, in a folder with the settings of its stacks. */
export interface FleetProject {
  stackOf(unit: FleetUnit): UnitStack;
  cancel(stack: string): string;
  /** Ends its part in the errors of this process. */
  close(): void;
}

/** Opens the project of a fleet, or makes it. */
export async function openProject(fleet: Fleet, folder: string, jails: Jails): Promise<FleetProject> {
  const cli = await findCli();
  const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: cli.sdk });
  await writeSettings(workspace, fleet);
  const whys = new Whys(fleet, process.env);
  const errors = new ErrorsApart();
  errors.start();
  const { declare, secretsProvider } = fleet;
  const shared = {
    cli,
    folder,
    declare,
    errors,
    line: (text: string) => whys.line(text),
    ...(secretsProvider === undefined ? {} : { secretsProvider }),
  };
  return {
    stackOf: (unit) => {
      const stack = stackName(unit.name);
      return new PulumiStack(shared, unit, stack, () => jails.begin(stack));
    },
    cancel: (stack) => `pulumi cancel --yes --cwd ${folder} --stack ${stack}`,
    close: () => errors.stop(),
  };
}

/** Other settings, such as configuration for all stacks, stay as they are. */
async function writeSettings(workspace: LocalWorkspace, { name, backend }: Fleet): Promise<void> {
  const known = await workspace.projectSettings().catch((): Partial<ProjectSettings> => ({}));
  const { backend: _, ...others } = known;
  const runtime = { name: "nodejs", options: { typescript: false } };
  const wanted = { ...others, name, runtime, ...(backend === undefined ? {} : { backend: { url: backend } }) };
  if (JSON.stringify(known) === JSON.stringify(wanted)) return;
  await workspace.saveProjectSettings(wanted).catch((error: unknown) => {
    throw cannotWrite("the settings of the project", workspace.workDir, error);
  });
}
