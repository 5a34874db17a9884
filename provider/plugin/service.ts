import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as messages from "@pulumi/pulumi/proto/provider_pb";
import { sdkModule } from "../dynamic/sdk-module";
import type { Values } from "../model/values";
import { configuredConnection } from "../resources/default-connection";
import type { Calls } from "./calls";
import type { Provider } from "./provider";
import { rpcErrorOf } from "./rpc-error";

type Struct = NonNullable<ReturnType<messages.CheckRequest["getOlds"]>>;
type Callback = (error: unknown, response?: unknown) => void;
/** A handler as gRPC calls it. */
type Handler = (call: { readonly request: never }, callback: Callback) => void;

const root = join(__dirname, "..", "..", "..");

/**
 * The gRPC service `pulumirpc.ResourceProvider` over a provider; a method that it leaves out is "unimplemented" to the engine.
 * One command of Pulumi starts several plugins, and asks some of them for the schema alone: the handlers load with the first
 * call that needs them.
 */
export function serviceOf(open: () => Provider, calls: Calls, components: Calls): Record<string, Handler> {
  const proto = sdkModule<typeof messages>("@pulumi/pulumi/proto/provider_pb");
  const { Struct } = sdkModule<{ Struct: { fromJavaScript(of: object): Struct } }>(
    "google-protobuf/google/protobuf/struct_pb",
  );
  const { Empty } = sdkModule<{ Empty: new () => object }>("google-protobuf/google/protobuf/empty_pb");
  const { PluginInfo } = sdkModule<typeof import("@pulumi/pulumi/proto/plugin_pb")>("@pulumi/pulumi/proto/plugin_pb");
  const struct = (of: object) => Struct.fromJavaScript(of);
  const empty = async () => new Empty();

  const failed = (failures: readonly { property: string; reason: string }[]) =>
    failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason));
  const answer =
    <Request>(work: (request: Request) => Promise<unknown>, unanswered = calls): Handler =>
    ({ request }, callback) => {
      unanswered
        .run(() => work(request))
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(rpcErrorOf(error, struct)),
        );
    };

  return {
    handshake: answer(async () =>
      new proto.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true).setAcceptOutputs(true),
    ),
    getPluginInfo: answer(async () => new PluginInfo().setVersion(version())),
    getSchema: answer(async () =>
      new proto.GetSchemaResponse().setSchema(readFileSync(join(root, "schema.json"), "utf8")),
    ),
    attach: answer(async (request: { getAddress(): string }) => {
      open().attach(request.getAddress());
      return empty();
    }),
    checkConfig: answer(async (request: messages.CheckRequest) => {
      const { configurationMistakes } = require("./configuration") as typeof import("./configuration");
      return new proto.CheckResponse()
        .setInputs(request.getNews())
        .setFailuresList(failed(configurationMistakes(plainValues(request.getNews()))));
    }),
    diffConfig: answer(async () => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answer(async (request: messages.ConfigureRequest) => {
      open().connection = configuredConnection(plainValues(request.getArgs()));
      return new proto.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setAcceptresources(true)
        .setAcceptoutputs(true);
    }),
    check: answer(async (request: messages.CheckRequest) => {
      const { inputs, failures } = await open().check(
        request.getUrn(),
        values(request.getOlds()),
        values(request.getNews()),
      );
      return new proto.CheckResponse().setInputs(struct(inputs)).setFailuresList(failed(failures));
    }),
    diff: answer(async (request: messages.DiffRequest) => {
      const { changes, replaces = [] } = await open().diff(called(request), values(request.getOlds()), {
        inputs: values(request.getOldInputs()),
        news: values(request.getNews()),
      });
      const { DIFF_UNKNOWN, DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
      return new proto.DiffResponse()
        .setReplacesList(replaces)
        .setChanges(changes === undefined ? DIFF_UNKNOWN : changes ? DIFF_SOME : DIFF_NONE);
    }),
    create: answer(async (request: messages.CreateRequest) => {
      const { id, outs } = await open().create(request.getUrn(), values(request.getProperties()), request.getPreview());
      return new proto.CreateResponse().setId(id).setProperties(struct(outs)).setRefreshBeforeUpdate(true);
    }),
    update: answer(async (request: messages.UpdateRequest) => {
      const outs = await open().update(
        called(request),
        values(request.getOlds()),
        { inputs: values(request.getOldInputs()), news: values(request.getNews()) },
        request.getPreview(),
      );
      return new proto.UpdateResponse().setProperties(struct(outs)).setRefreshBeforeUpdate(true);
    }),
    read: answer(async (request: messages.ReadRequest) => {
      const { id, props, inputs } = await open().read(
        called(request),
        values(request.getProperties()),
        values(request.getInputs()),
      );
      return new proto.ReadResponse()
        .setId(id)
        .setProperties(struct(props))
        .setInputs(struct(inputs))
        .setRefreshBeforeUpdate(true);
    }),
    delete: answer(async (request: messages.DeleteRequest) => {
      await open().delete(called(request), values(request.getProperties()));
      return empty();
    }),
    construct: answer(async (request: messages.ConstructRequest) => {
      const { construct } = require("./construct") as typeof import("./construct");
      const { urn, state, dependencies } = await construct(request, open());
      const response = new proto.ConstructResponse().setUrn(urn).setState(struct(state));
      for (const [key, urns] of dependencies)
        response
          .getStatedependenciesMap()
          .set(key, new proto.ConstructResponse.PropertyDependencies().setUrnsList(urns));
      return response;
    }, components),
    cancel: answer(empty),
  };
}

function values(struct: Struct | undefined): Values {
  return (struct?.toJavaScript() ?? {}) as Values;
}

function plainValues(struct: Struct | undefined): Values {
  const { withoutSecrets } = require("./secrets") as typeof import("./secrets");
  return withoutSecrets(values(struct)) as Values;
}

function called(request: { getUrn(): string; getId(): string }): { urn: string; id: string } {
  return { urn: request.getUrn(), id: request.getId() };
}

function version(): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
}
