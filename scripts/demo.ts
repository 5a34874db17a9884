import { writeFileSync } from "node:fs";
import { CheckError, driftLine, forbidOthers, line, logLine, requireLines } from "./demo/checks";
import { onHost, pulumi } from "./demo/commands";
import { type Interrupted, interruption, watchInterrupts } from "./demo/interrupt";
import { makeProject, type Project } from "./demo/project";
import { damage, files, installation, listing, made, repaired } from "./demo/story";
import { confirm, failure, say, step } from "./demo/terminal";
import { type EmbeddedHost, startEmbeddedHost } from "./lab/embedded";
import { labMissing } from "./lab/requirements";
import { type LabRoot, makeRoot } from "./lab/root";

/** `npm run demo`: shows the main job on a throwaway host and checks each step. The exit code is 0 only if every check passed. */
async function main(): Promise<number> {
  const missing = labMissing();
  if (missing !== undefined) return cannotShow(missing);
  watchInterrupts();
  try {
    await withHost(show);
    nextSteps();
    return 0;
  } catch (error) {
    if (interruption.aborted) {
      failure(`${(interruption.reason as Interrupted).message}; the host and the project are gone again`);
      return (interruption.reason as Interrupted).exitCode;
    }
    if (error instanceof NoHostError) return cannotShow(error.message);
    failure(error instanceof CheckError ? error.message : String((error as Error).stack ?? error));
    return 1;
  }
}

async function withHost(use: (root: LabRoot, host: EmbeddedHost, project: Project) => Promise<void>): Promise<void> {
  step("A host to work on", "A throwaway host inside this machine, with its own SSH server; removed at the end.");
  const root = await makeHost();
  try {
    const host = await startEmbeddedHost(root);
    try {
      const project = makeProject();
      try {
        interruption.throwIfAborted();
        await use(root, host, project);
      } finally {
        project.kill();
      }
    } finally {
      await host.close();
    }
  } finally {
    await root.close();
  }
}

/** The machine cannot make a host: in a container even root may lack the right to make namespaces. */
class NoHostError extends Error {}

async function makeHost(): Promise<LabRoot> {
  try {
    return await makeRoot({ hostname: "ns1", accounts: { bind: { uid: 1053, gid: 1053 } } });
  } catch (error) {
    const [, ...why] = (error as Error).message.trim().split("\n");
    throw new NoHostError(`could not be set up here (${why.join("; ")})`);
  }
}

async function show(root: LabRoot, host: EmbeddedHost, project: Project): Promise<void> {
  await reach(root, host, project);
  await create(root, project);
  await change(root);
  await preview(project, `${host.connection.user}@${host.connection.host}:${host.port}:/chroot/named`);
  await repair(root, project);
  await previewNothing(project);
}

async function reach(root: LabRoot, host: EmbeddedHost, project: Project): Promise<void> {
  await onHost(root, "id bind; ls /chroot");
  confirm(`ns1 answers on 127.0.0.1:${host.port}; it has a user bind, as Debian has, and no jail yet`);
  step("A stack for the program in examples/named", "The program declares the jail; the config names the host.");
  requireLines(await pulumi(project, "stack init demo", ["stack", "init", "demo"]), []);
  const config = { host: host.connection.host, port: String(host.port), hostKey: host.hostKey };
  for (const [name, value] of Object.entries(config)) {
    const args = ["config", "set", name, value];
    requireLines(await pulumi(project, `config set ${name} ${/ /.test(value) ? `"${value}"` : value}`, args), []);
  }
  const secret = ["config", "set", "--secret", "privateKey"];
  requireLines(await pulumi(project, `${secret.join(" ")} < id_ed25519`, secret, host.privateKey), []);
}

async function create(root: LabRoot, project: Project): Promise<void> {
  step("pulumi up makes the jail", "Directories, owners and modes as declared, over SSH; nothing is installed on ns1.");
  requireLines(await up(project), []);
  requireLines(await onHost(root, listing), made.map(line));
  confirm("the jail is on the host as the program declares it");
  step("The jail comes into use", "The admin copies named's configuration and zones into it.");
  for (const [name, content] of Object.entries(files)) writeFileSync(root.path(`/root/${name}`), content);
  for (const text of installation) requireLines(await onHost(root, text), []);
}

async function change(root: LabRoot): Promise<void> {
  step(
    "Somebody changes things behind the program's back",
    "Each of these commands opens the jail a little, or breaks named.",
  );
  for (const text of damage.flatMap(({ commands }) => commands)) requireLines(await onHost(root, text), []);
}

async function preview(project: Project, place: string): Promise<void> {
  step(
    "pulumi preview shows every path that left the declaration",
    "Live => declared, with the declaring resource and its reason.",
  );
  const shown = await pulumi(project, "preview --diff", ["preview", "--diff"]);
  const drift = damage.map(({ path, live, declared }) => driftLine(path, `${live} => ${declared}`));
  const reasons = damage.map(({ path, live, declared, by, reason }) =>
    logLine(`${place}/${path} is ${live}`, `, declared ${declared} (${by}: ${reason})`),
  );
  requireLines(shown, [...drift, ...reasons]);
  forbidOthers(shown, / => |, declared /, [...drift, ...reasons]);
  confirm(`preview shows exactly the ${damage.length} changed paths: live value, declared value, rule and reason`);
}

async function repair(root: LabRoot, project: Project): Promise<void> {
  step(
    "pulumi up repairs them",
    "It changes these paths, and for a moment a directory that it closes; the file `before` marks the time.",
  );
  requireLines(await onHost(root, "touch before"), []);
  const shown = await up(project);
  requireLines(
    shown,
    damage.map(({ path, live, declared }) => ({
      text: `…/${path} was ${live}, is now ${declared}`,
      pattern: new RegExp(`/${path} was ${live}, is now ${declared}$`),
    })),
  );
  const found = await onHost(root, listing);
  requireLines(found, repaired.map(line));
  forbidOthers(found, /\S/, repaired.map(line));
  const changed = await onHost(root, "cd /chroot/named && find . -cnewer ~/before");
  // `up` closes the daemon's directory for a moment, because everybody could write in var above it.
  const paths = [...damage.map(({ path }) => path), "var/run"].map((path) => line(`./${path}`));
  requireLines(changed, paths);
  forbidOthers(changed, /\S/, paths);
  confirm(
    "the jail is as declared, and no other path was touched; the shell is no longer setuid, and is reported as undeclared",
  );
}

async function previewNothing(project: Project): Promise<void> {
  step("The last preview is empty", "--expect-no-changes makes it fail if any change is left.");
  const args = ["preview", "--diff", "--expect-no-changes"];
  const shown = await pulumi(project, args.join(" "), args);
  requireLines(shown, [line("5 unchanged")]);
  forbidOthers(shown, / => |, declared |^\s*[~+-] /, []);
  confirm("nothing to do");
}

function up(project: Project) {
  const args = ["up", "--yes", "--skip-preview"];
  return pulumi(project, args.join(" "), args);
}

function nextSteps(): void {
  say(
    "\nNext: paste the first example of README.md into your own project, with one of your hosts (write named for bind if",
  );
  say(
    "that is BIND's user there): pulumi preview changes nothing. The program of this demo is examples/named/index.ts. All tests: npm test",
  );
}

/** Says how to see the demo when this machine cannot make the host. The exit code is 1, because no step ran. */
function cannotShow(why: string): number {
  failure(
    [
      `the demo makes a throwaway host, which ${why}.`,
      "So it cannot show here how pulumi up makes a BIND jail, how pulumi preview shows what was changed behind its back,",
      "and how the next pulumi up repairs that. To see it, run it as root on Linux (sudo npm run demo), in a virtual",
      "machine for example; or read what it prints in README.md. To see it on a host of your own, use examples/named:",
      "pulumi config set host NAME, on RHEL or Alpine pulumi config set distribution rhel (or alpine), then pulumi preview,",
      "which changes nothing.",
    ].join("\n"),
  );
  return 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    failure(String(error));
    process.exit(1);
  },
);
