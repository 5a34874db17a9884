import { afterAll, beforeAll } from "@jest/globals";
import { type DynamicProvider, lifecycleOf, startDynamicProvider, type Values } from "./dynamic-provider";
import { account } from "./program";
import { type LabHost, startHost } from "./sshd";

export const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };

/** The class passes this beside the arguments, in an `up` or in a preview. */
export function turn(kind: "Jail" | "PermissionRule", name: string, preview = false): Values {
  return { turn: { urn: `urn:pulumi:dev::grpc::pulumi-nodejs:dynamic/chroot:${kind}::${name}`, preview } };
}

/** One host for a file's tests, and the arguments of jails and rules on it. */
export interface ProviderHost {
  host(): LabHost;
  /** A provider process of its own: it remembers a program, so that each is one run of the engine. */
  run(work: (provider: DynamicProvider) => Promise<void>): Promise<void>;
  connection(): Values;
  jail(root: string, more?: Values): Values;
  rule(root: string, match: string, more?: Values): Values;
}

export function useProvider(): ProviderHost {
  let started: LabHost | undefined;
  beforeAll(async () => {
    started = await startHost({ accounts: account, countScans: true });
  });
  afterAll(() => started?.close());
  const host = () => {
    if (!started) throw new Error("the host is there when the tests run");
    return started;
  };
  const connection = () => ({ ...host().connection, perDialTimeout: 10 });
  return {
    host,
    connection,
    async run(work) {
      const provider = await startDynamicProvider();
      try {
        await work(provider);
      } finally {
        await provider.close();
      }
    },
    jail: (root, more = {}) => ({
      __provider: lifecycleOf("jail"),
      ...{ connection: connection(), root, user: "www", group: "www", baseline },
      ...more,
    }),
    rule: (root, match, more = {}) => ({
      __provider: lifecycleOf("permissionRule"),
      ...{ jail: { connection: connection(), root }, match, reason: "a test", fileMode: "0600" },
      ...more,
    }),
  };
}
