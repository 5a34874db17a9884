import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { Log, Severity } from "../engine/log/log";
import { printable } from "../model/bytes";
import { sdkModule } from "./sdk-module";

/** Severities as LogRequest numbers them (proto/pulumi/engine.proto). */
const severities: Readonly<Record<Severity, number>> = { info: 1, warning: 2 };

/**
 * Writes lines to Pulumi's engine, which listens at `address`. The SDK gives a dynamic provider no way to its log: its own
 * pulumi.log has no address. Without an address, or without a listener, a line is dropped: it repeats the drift map.
 */
export function pulumiLog(address: string | undefined): Log {
  if (address === undefined || !/^[^/]+:[0-9]+$/.test(address)) return async () => {};
  let client: EngineClient | undefined;
  return async (urn, severity, message) => {
    client ??= connect(address);
    const { LogRequest } = sdkModule<typeof import("@pulumi/pulumi/proto/engine_pb")>("@pulumi/pulumi/proto/engine_pb");
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(printable(message));
    request.setUrn(urn);
    await new Promise<void>((resolve) => client?.log(request, () => resolve()));
  };
}

function connect(address: string): EngineClient {
  // biome-ignore lint/suspicious/noExplicitAny: the generated modules have no types of their services.
  const { EngineClient } = sdkModule<any>("@pulumi/pulumi/proto/engine_grpc_pb");
  // biome-ignore lint/suspicious/noExplicitAny: gRPC is no dependency of this package, so its types are not there.
  const { credentials } = sdkModule<any>("@grpc/grpc-js");
  return new EngineClient(address, credentials.createInsecure());
}
