import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as messages from "@pulumi/pulumi/proto/provider_pb";

/** Property values as the engine sends them: plain JSON. */
export type Values = Record<string, unknown>;

/** The value by which a preview marks an unknown string. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The `__provider` of both kinds, as the classes set it. */
export const lifecycleOf = (kind: "jail" | "permissionRule") =>
  `exports.handler=()=>require("pulumi-chroot/lifecycle").${kind}`;

/** The engine gets this from a create or update that did not finish. */
export interface Partial {
  readonly id: string;
  readonly properties: Values;
  readonly reasons: readonly string[];
}

/** The dynamic provider's own process, driven as the engine does it; `__provider` is in the values. */
export interface DynamicProvider {
  configure(args?: Values): Promise<void>;
  check(olds: Values, news: Values): Promise<{ inputs: Values; failures: { property: string; reason: string }[] }>;
  diff(id: string, olds: Values, news: Values): Promise<{ changes: "unknown" | "none" | "some"; replaces: string[] }>;
  create(inputs: Values): Promise<{ id: string; outs: Values }>;
  read(id: string, outs: Values): Promise<{ id: string; outs: Values; inputs: Values | undefined }>;
  update(id: string, olds: Values, news: Values): Promise<{ outs: Values }>;
  delete(id: string, outs: Values): Promise<void>;
  /** The output of the process so far. */
  output(): string;
  close(): Promise<void>;
}

// gRPC and Struct are the SDK's dependencies, not ours: they are found from where the SDK is.
const sdk = createRequire(require.resolve("@pulumi/pulumi"));
const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb") as {
  Struct: { fromJavaScript(of: Values): Struct };
};
type Struct = NonNullable<ReturnType<messages.CheckRequest["getOlds"]>>;
const proto = sdk("./proto/provider_pb") as typeof messages;
const checkout = join(__dirname, "..", "..", "..");

/** Starts the process with the checkout as the program's folder, where `pulumi-chroot` is a dependency of itself. */
export async function startDynamicProvider(): Promise<DynamicProvider> {
  // There is no engine behind the address: a line for its log is dropped.
  const child = spawn(process.execPath, [sdk.resolve("./cmd/dynamic-provider"), "127.0.0.1:1"], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  const port = await firstLine(child, output);
  const { ResourceProviderClient: Client } = sdk("./proto/provider_grpc_pb");
  const { credentials } = sdk("@grpc/grpc-js");
  const client: ResourceProviderClient = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const struct = (values: Values) => Struct.fromJavaScript(values);

  return {
    async configure(args = {}) {
      const request = new proto.ConfigureRequest();
      request.setArgs(struct(args));
      await call((done) => client.configure(request, done));
    },
    async check(olds, news) {
      const request = new proto.CheckRequest();
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const response = await call<messages.CheckResponse>((done) => client.check(request, done));
      const failures = response
        .getFailuresList()
        .map((one) => ({ property: one.getProperty(), reason: one.getReason() }));
      return { inputs: values(response.getInputs()) ?? {}, failures };
    },
    async diff(id, olds, news) {
      const request = new proto.DiffRequest();
      request.setId(id);
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const response = await call<messages.DiffResponse>((done) => client.diff(request, done));
      const changes = (["unknown", "none", "some"] as const)[response.getChanges()] ?? "unknown";
      return { changes, replaces: response.getReplacesList() };
    },
    async create(inputs) {
      const request = new proto.CreateRequest();
      request.setProperties(struct(inputs));
      const response = await call<messages.CreateResponse>((done) => client.create(request, done));
      return { id: response.getId(), outs: values(response.getProperties()) ?? {} };
    },
    async read(id, outs) {
      const request = new proto.ReadRequest();
      request.setId(id);
      request.setProperties(struct(outs));
      const response = await call<messages.ReadResponse>((done) => client.read(request, done));
      const properties = values(response.getProperties()) ?? {};
      return { id: response.getId(), outs: properties, inputs: values(response.getInputs()) };
    },
    async update(id, olds, news) {
      const request = new proto.UpdateRequest();
      request.setId(id);
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const response = await call<messages.UpdateResponse>((done) => client.update(request, done));
      return { outs: values(response.getProperties()) ?? {} };
    },
    async delete(id, outs) {
      const request = new proto.DeleteRequest();
      request.setId(id);
      request.setProperties(struct(outs));
      await call((done) => client.delete(request, done));
    },
    output: () => output.join(""),
    async close() {
      client.close();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function firstLine(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stderr?.on("data", (data) => output.push(String(data)));
    child.stdout?.on("data", (data) => {
      output.push(String(data));
      const line = /^(\d+)\n/.exec(output.join(""));
      if (line?.[1]) resolve(line[1]);
    });
    child.once("exit", () => reject(new Error(`the dynamic provider ended: ${output.join("")}`)));
  });
}

function call<T>(start: (done: (error: Error | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => (error ? reject(error) : resolve(response)));
  });
}

function values(of: Struct | undefined): Values | undefined {
  return of?.toJavaScript() as Values | undefined;
}

/** The partly made resource that an error reports, or undefined if it reports none. */
export function partialOf(error: unknown): Partial | undefined {
  const { metadata } = error as { metadata?: { get(key: string): Buffer[] } };
  const [details] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!details) return undefined;
  const { Status } = sdk("./proto/status_pb");
  const [any] = Status.deserializeBinary(new Uint8Array(details)).getDetailsList();
  const { deserializeBinary } = proto.ErrorResourceInitFailed;
  const failed: messages.ErrorResourceInitFailed = any.unpack(deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  return { id: failed.getId(), properties: values(failed.getProperties()) ?? {}, reasons: failed.getReasonsList() };
}
