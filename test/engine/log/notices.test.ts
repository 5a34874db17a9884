import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import type { Site } from "../../../provider/agent/site";
import { pulumiLog } from "../../../provider/dynamic/pulumi-log";
import { Engine } from "../../../provider/engine/engine";
import { closeAll, connections } from "../../support/connections";
import { drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import { type LabHost, startHost } from "../../support/sshd";

// gRPC is the SDK's dependency, not ours: it is found from where the SDK is.
const sdk = createRequire(require.resolve("@pulumi/pulumi"));

describe("that a host's key is not known", () => {
  const logged: string[] = [];
  const { Server, ServerCredentials } = sdk("@grpc/grpc-js");
  const engine = new Server();
  let product: Engine;
  const driven = (site: Site) => drive(site, {}, {}, {}, [], product.session(site));
  const hosts: LabHost[] = [];
  beforeAll(async () => {
    const { EngineService } = sdk("./proto/engine_grpc_pb");
    const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb");
    engine.addService(EngineService, {
      log({ request }: { request: LogRequest }, done: (error: null, reply: unknown) => void) {
        logged.push(`${request.getSeverity()} [${request.getUrn()}] ${request.getMessage()}`);
        done(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    product = new Engine({ log: pulumiLog(`127.0.0.1:${port}`), signal: new AbortController().signal, connections });
  });
  afterAll(async () => {
    engine.forceShutdown();
    await closeAll();
    await Promise.all(hosts.map((host) => host.close()));
  });

  /** A jail on a host of its own, because each notice is logged once per host. */
  async function onNewHost(): Promise<Site> {
    const host = await startHost({ accounts: account });
    hosts.push(host);
    await host.must("mkdir /srv/jail");
    const { hostKey: _, ...site } = siteOn(host, "/srv/jail").connection;
    return { connection: { ...site, knownHostsFile: "/dev/null", allowUnknownHostKey: true }, root: "/srv/jail" };
  }

  for (const [name, work] of [
    ["look", (site) => driven(site).report()],
    ["change", async (site) => expect(await driven(site).up()).toSucceed()],
    ["deletion", (site) => driven(site).forget("jail")],
  ] as [string, (site: Site) => Promise<unknown>][])
    test(`is said once by a ${name}, whatever comes after it, as a warning of no resource`, async () => {
      const site = await onNewHost();
      logged.length = 0;
      await work(site);
      const [said, ...more] = logged.filter((line) => line.includes("is not known"));
      expect(said ?? "").toMatch(/^2 \[\] root@127\.0\.0\.1:\d+: its host key SHA256:\S+ \(ssh-ed25519\) is not known/);
      expect(more).toStrictEqual([]);
      await driven(site).report();
      await driven(site).up();
      expect(logged.filter((line) => line.includes("is not known")).length).toBe(1);
    });
});
