import { createRequire } from "node:module";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

/** Severity of a line, as LogRequest numbers them (proto/pulumi/engine.proto). */
const severities = { info: 1, warning: 2 } as const;

/**
 * Writes a line to the engine under a resource, with "" under none. The dynamic provider offers no way (its pulumi.log has no engine address),
 * but its last argument is that address. Where there is none, or nobody listens, the line is dropped: it repeats what
 * the drift map says already.
 */
export async function logToEngine(
  urn: string | undefined,
  severity: keyof typeof severities,
  message: string,
): Promise<void> {
  const engine = client();
  if (!engine || urn === undefined) return;
  const { LogRequest } = sdkRequire("@pulumi/pulumi/proto/engine_pb");
  const request = new LogRequest();
  request.setSeverity(severities[severity]);
  request.setMessage(message);
  request.setUrn(urn);
  await new Promise<void>((resolve) => engine.log(request, () => resolve()));
}

let known: EngineClient | undefined;

function client(): EngineClient | undefined {
  const address = process.argv.at(-1);
  if (address === undefined || !/^[^/]+:[0-9]+$/.test(address)) return undefined;
  if (!known) {
    const { EngineClient } = sdkRequire("@pulumi/pulumi/proto/engine_grpc_pb");
    const { credentials } = sdkRequire("@grpc/grpc-js");
    known = new EngineClient(address, credentials.createInsecure());
  }
  return known;
}

/** gRPC is the SDK's dependency, not ours: it is found from where the SDK is. */
// biome-ignore lint/suspicious/noExplicitAny: the generated modules have no common type.
function sdkRequire(name: string): any {
  return createRequire(require.resolve("@pulumi/pulumi"))(name);
}
