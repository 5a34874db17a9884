import { afterAll, beforeAll } from "@jest/globals";
import { account, type DeclaredJail } from "./program";
import { type HostOptions, type LabHost, startHost } from "./sshd";
import { type Ran, type Stack, startStack } from "./stack";

/** The tests of one file share this. */
export interface Lab {
  readonly host: LabHost;
  /** A jail on the host that has nothing special. */
  jail(root: string, more?: Partial<DeclaredJail>): DeclaredJail;
  stack(options?: Parameters<typeof startStack>[0]): Promise<Stack>;
  /** One more host. */
  anotherHost(options?: HostOptions): Promise<LabHost>;
}

/** Stacks without a host; they end with the tests. To be called in a describe. */
export function useStacks(): Pick<Lab, "stack"> {
  const stacks: Stack[] = [];
  afterAll(() => {
    for (const stack of stacks) stack.remove();
  });
  return {
    async stack(options) {
      const stack = await startStack(options);
      stacks.push(stack);
      return stack;
    },
  };
}

/** One host for the file, and stacks; everything ends with the tests. To be called in a describe. */
export function useLab(options: HostOptions = {}): Lab {
  const hosts: LabHost[] = [];
  const { stack } = useStacks();
  const anotherHost = async (more: HostOptions = {}) => {
    const host = await startHost({ accounts: account, countScans: true, ...more });
    hosts.push(host);
    return host;
  };
  beforeAll(async () => {
    await anotherHost(options);
  });
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
  });
  const lab: Lab = {
    get host() {
      const [host] = hosts;
      if (!host) throw new Error("the host is there when the tests run");
      return host;
    },
    jail: (root, more) => ({ connection: lab.host.connection, root, ...more }),
    stack,
    anotherHost,
  };
  return lab;
}

/** The output of a command that must not fail. */
export function ok(ran: Ran): string {
  if (ran.code !== 0) throw new Error(`the command ended with ${ran.code}:\n${ran.output}`);
  return ran.output;
}

/** The output of a command that has to fail. */
export function failed(ran: Ran): string {
  if (ran.code === 0) throw new Error(`the command did not fail:\n${ran.output}`);
  return ran.output;
}

type Shown = "create" | "update" | "refresh" | "replace" | "create-replacement" | "delete-replaced" | "delete";

/** The part of a `--diff` output that is about one resource; undefined when it has none. */
export function section(output: string, name: string, operation: Shown = "update"): string | undefined {
  const parts = output.split(/^(?=\s*[~+@-]*\s*[a-z-]+:[a-z/:]*[A-Za-z]+: \()|^Resources:/m);
  return parts.find((part) => part.includes(`: (${operation})`) && part.includes(`::${name}]`));
}

/**
 * The drift that a `--diff` output shows for one resource, path to `live => declared`, whether it is one text or two;
 * undefined when it shows none.
 */
export function shownDrift(output: string, name: string, operation?: Shown): Record<string, string> | undefined {
  const block = /^ *[~+]? *drift *: \{\n([\s\S]*?)^ *\}$/m.exec(section(output, name, operation) ?? "")?.[1];
  if (block === undefined) return undefined;
  const lines = block.trimEnd().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const [, path = line, text = ""] = /^ *[~+-]? *(.*?) *: (".*)$/.exec(line) ?? [];
      return [path, text.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => JSON.parse(quoted))];
    }),
  );
}

/** The lines that the engine logged and that say this. */
export function linesWith(output: string, text: string): string[] {
  return output.split("\n").filter((line) => line.includes(text));
}
