import { sdkModule } from "../dynamic/sdk-module";
import { messageOf, PartialCreateError } from "../errors";
import { printable } from "../model/bytes";

/** gRPC's codes that the plugin answers with (grpc/status). */
const unknown = 2;

/** An error as gRPC sends it to the engine, which prints its message. */
export interface RpcError {
  readonly code: number;
  readonly details: string;
  readonly metadata?: unknown;
}

/**
 * An error of a verb for the engine. One that has changed the host carries the resource, so that the state knows it and the next
 * `up` finishes it (`pulumirpc.ErrorResourceInitFailed`).
 */
export function rpcErrorOf(error: unknown, struct: (values: object) => unknown): RpcError {
  const details = printable(messageOf(error));
  if (!(error instanceof PartialCreateError)) return { code: unknown, details };
  const { ErrorResourceInitFailed } = sdkModule<typeof import("@pulumi/pulumi/proto/provider_pb")>(
    "@pulumi/pulumi/proto/provider_pb",
  );
  const failed = new ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(struct(error.properties) as Parameters<typeof failed.setProperties>[0]);
  failed.setReasonsList([...error.reasons]);
  failed.setRefreshBeforeUpdate(true);
  return { code: unknown, details, metadata: withDetails(details, failed.serializeBinary()) };
}

/** gRPC for Node.js has no call for the details of a status: they are a message in its trailer. */
function withDetails(message: string, failed: Uint8Array): unknown {
  // biome-ignore lint/suspicious/noExplicitAny: neither gRPC nor protobuf is a dependency of this package, so their types are not there.
  const load = (name: string) => sdkModule<any>(name);
  const { Any } = load("google-protobuf/google/protobuf/any_pb");
  const { Status } = load("@pulumi/pulumi/proto/status_pb");
  const { Metadata } = load("@grpc/grpc-js");
  const details = new Any();
  details.pack(failed, "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(unknown);
  status.setMessage(printable(message));
  status.addDetails(details);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
