import "./defer-libraries";
import { fstatSync } from "node:fs";
import { sdkModule } from "../dynamic/sdk-module";
import { messageOf } from "../errors";
import { Calls } from "./calls";
import type { Provider } from "./provider";
import { serviceOf } from "./service";

/** Serves the plugin until the engine ends it with a signal, or is gone. Calls that are open end first. */
async function main(address: string | undefined): Promise<void> {
  const ending = new AbortController();
  const calls = new Calls();
  // They ask the engine alone, and no answer comes from one that is gone: the end waits for none of them.
  const components = new Calls();
  let provider: Provider | undefined;
  const open = () => {
    const { Provider } = require("./provider") as typeof import("./provider");
    provider ??= new Provider(address, ending.signal);
    return provider;
  };
  const end = async () => {
    ending.abort();
    await calls.end();
    await provider?.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end());
  // The SDK leaves the failure of a resource in a component to the process.
  process.on("unhandledRejection", (error) => {
    for (const unanswered of [calls, components]) unanswered.fail(error);
  });
  endWithEngine(end);
  const port = await listen(serviceOf(open, calls, components));
  // The first line is the engine's way to the plugin.
  process.stdout.write(`${port}\n`);
}

async function listen(service: object): Promise<number> {
  // biome-ignore lint/suspicious/noExplicitAny: gRPC is no dependency of this package, so its types are not there.
  const grpc = sdkModule<any>("@grpc/grpc-js");
  const { grpcChannelOptions } = sdkModule<{ grpcChannelOptions: object }>("@pulumi/pulumi/runtime/settings");
  const { ResourceProviderService } = sdkModule<{ ResourceProviderService: object }>(
    "@pulumi/pulumi/proto/provider_grpc_pb",
  );
  const server = new grpc.Server({ ...grpcChannelOptions });
  server.addService(ResourceProviderService, service);
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error: Error | null, port: number) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/** A killed engine sends no signal, but its end of a pipe closes. A language host starts the plugin without one. */
function endWithEngine(end: () => Promise<void>): void {
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return;
  process.stdin.on("end", () => void end()).resume();
}

// Flags of the engine, such as the one for tracing, come first.
main(process.argv.slice(2).find((word) => /^[^/-][^/]*:[0-9]+$/.test(word))).catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
