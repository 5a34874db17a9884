import type * as pulumi from "@pulumi/pulumi";
import type * as messages from "@pulumi/pulumi/proto/provider_pb";
import { sdkModule } from "../dynamic/sdk-module";
import type { Values } from "../model/values";
import { markPlugin } from "../resources/face";
import { JailBundle, type JailBundleArgs } from "../resources/jail-bundle/resource";
import { componentInputs } from "./component-inputs";
import { withDefaultConnection } from "./default-connection";
import { type FleetOfJailsArgs, makeFleetOfJails } from "./fleet-of-jails";
import type { Provider } from "./provider";

type Request = messages.ConstructRequest;

/** Makes a component for a program in any language, by the class that a TypeScript program uses. */
export function construct(request: Request, { address, connection }: Provider): Promise<messages.ConstructResponse> {
  const { withLocalStorage, getLocalStore } = sdkModule<{
    withLocalStorage<T>(work: () => Promise<T>): Promise<T>;
    getLocalStore(): object;
  }>("@pulumi/pulumi/runtime/state");
  return withLocalStorage(async () => {
    markPlugin(getLocalStore());
    await connect(request, address);
    const inputs = (request.getInputs()?.toJavaScript() ?? {}) as Values;
    return answer(make(request, inputs, connection));
  });
}

/** A component with its outputs by name. */
interface Component extends pulumi.ComponentResource {
  readonly results: pulumi.Inputs;
}

function make(request: Request, inputs: Values, connection: unknown): Component {
  const name = request.getName();
  const options = optionsOf(request);
  switch (request.getType()) {
    case "chroot:index:JailBundle": {
      const args = componentInputs(withDefaultConnection(inputs, connection));
      return new JailBundle(name, args as unknown as JailBundleArgs, options);
    }
    case "chroot:index:JailFleet":
      return makeFleetOfJails(name, componentInputs(inputs) as unknown as FleetOfJailsArgs, options);
    default:
      throw new Error(`this plugin has no component ${request.getType()}`);
  }
}

/** Tells the SDK of this process where the engine of the request is. */
async function connect(request: Request, address: string | undefined): Promise<void> {
  const { resetOptions, awaitFeatureSupport } = sdkModule<{
    resetOptions(...options: unknown[]): void;
    awaitFeatureSupport(): Promise<void>;
  }>("@pulumi/pulumi/runtime/settings");
  resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    address,
    request.getMonitorendpoint(),
    request.getDryrun(),
    request.getOrganization(),
  );
  await awaitFeatureSupport();
}

function optionsOf(request: Request): pulumi.ComponentResourceOptions {
  const { DependencyResource, DependencyProviderResource } = sdkModule<{
    DependencyResource: new (urn: string) => pulumi.Resource;
    DependencyProviderResource: new (reference: string) => pulumi.ProviderResource;
  }>("@pulumi/pulumi/resource");
  const parent = request.getParent();
  const providers = [...request.getProvidersMap().entries()].map(
    ([name, reference]): [string, pulumi.ProviderResource] => [name, new DependencyProviderResource(reference)],
  );
  return {
    dependsOn: request.getDependenciesList().map((urn) => new DependencyResource(urn)),
    protect: request.getProtect() === true,
    providers: Object.fromEntries(providers),
    retainOnDelete: request.getRetainondelete() === true,
    ...(parent === "" ? {} : { parent: new DependencyResource(parent) }),
  };
}

async function answer(component: Component): Promise<messages.ConstructResponse> {
  const { ConstructResponse } = sdkModule<typeof messages>("@pulumi/pulumi/proto/provider_pb");
  const { serializeResourceProperties } = sdkModule<{
    serializeResourceProperties(label: string, values: object): Promise<[object, Map<string, Set<pulumi.Resource>>]>;
  }>("@pulumi/pulumi/runtime/rpc");
  const { waitForRPCs } = sdkModule<{ waitForRPCs(): Promise<void> }>("@pulumi/pulumi/runtime/settings");
  const { Struct } = sdkModule<{ Struct: { fromJavaScript(of: object): never } }>(
    "google-protobuf/google/protobuf/struct_pb",
  );
  const [state, dependencies] = await serializeResourceProperties("construct", component.results);
  const response = new ConstructResponse();
  response.setUrn(await promiseOf(component.urn));
  response.setState(Struct.fromJavaScript(state));
  for (const [key, resources] of dependencies) {
    const urns = await Promise.all([...resources].map(({ urn }) => promiseOf(urn)));
    response.getStatedependenciesMap().set(key, new ConstructResponse.PropertyDependencies().setUrnsList(urns));
  }
  await waitForRPCs();
  return response;
}

/** The SDK keeps this method of an Output out of its types. */
function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
