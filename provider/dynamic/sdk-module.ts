import { createRequire } from "node:module";

/** Loads a module from the SDK's folder: gRPC and protobuf are dependencies of the SDK, not of this package. */
export function sdkModule<T>(name: string): T {
  return createRequire(require.resolve("@pulumi/pulumi"))(name) as T;
}
