import assert from "node:assert/strict";
import type { LabHost } from "../../test/support/sshd";
import type { Form } from "./forms";
import { guarded, type Site } from "./program";
import type { Run } from "./project";

/** How a user of a form does what the CLI's commands do. */
interface Hands {
  up(): Promise<string>;
  preview(): Promise<string>;
  /** A preview that fails if there is anything to do. */
  unchanged(): Promise<string>;
  destroy(): Promise<string>;
}

function handsOf(form: Form, run: Run): Hands {
  const { automation } = form;
  if (automation !== undefined) {
    const call = (command: string) => () => run(["node", automation, command]);
    return { up: call("up"), preview: call("preview"), unchanged: call("unchanged"), destroy: call("destroy") };
  }
  const pulumi = (...args: string[]) => run(["pulumi", ...args, "--non-interactive", "--color", "never"]);
  return {
    up: () => pulumi("up", "--yes", "--skip-preview"),
    preview: () => pulumi("preview", "--diff"),
    unchanged: () => pulumi("preview", "--diff", "--expect-no-changes"),
    destroy: () => pulumi("destroy", "--yes", "--skip-preview"),
  };
}

/** Goes with a user's project through the life of its jails on a host. */
export type Life = (form: Form, run: Run, host: LabHost, sites: readonly Site[]) => Promise<void>;

/** Makes the jails, tampers with each, has `preview` show it and `up` repair it. */
export const repair: Life = async (form, run, host, sites) => {
  const hands = handsOf(form, run);
  if (form.automation === undefined) await run(["pulumi", "stack", "init", "dev"]);
  await hands.up();
  const files = sites.map(({ root }) => `${root}/${guarded.path}`);
  const modes = async () => (await host.must(`stat -c %#a ${files.join(" ")}`)).trim().split("\n");
  const declared = files.map(() => guarded.mode);
  assert.deepEqual(await modes(), declared, "the modes after the first up");

  const tampered = files.map((file, at) => ({ file, mode: `066${at}` }));
  for (const { file, mode } of tampered) await host.must(`chmod ${mode} ${file}`);
  const shown = await hands.preview();
  for (const { file, mode } of tampered) {
    const texts = [`${guarded.path}: "${mode} => ${guarded.mode}"`, `${file} is ${mode} (changed `];
    for (const text of texts) assert.equal(shown.split(text).length, 2, `the preview shows ${text} once:\n${shown}`);
  }
  const found = tampered.map(({ mode }) => mode);
  assert.deepEqual(await modes(), found, "the modes after the preview");
  await hands.up();
  assert.deepEqual(await modes(), declared, "the modes after the second up");
};

/** The same; at the end a preview has nothing to do, and the jails are removed. */
export const whole: Life = async (form, run, host, sites) => {
  await repair(form, run, host, sites);
  const hands = handsOf(form, run);
  await hands.unchanged();
  await hands.destroy();
  const roots = sites.map(({ root }) => root);
  const left = await host.sh(`ls -d ${roots.join(" ")} 2>/dev/null`);
  assert.equal(left.stdout, "", "no jail is left");
};
