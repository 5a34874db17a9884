import type * as pulumi from "@pulumi/pulumi";
import type * as messages from "@pulumi/pulumi/proto/provider_pb";
import { sdkModule } from "../dynamic/sdk-module";
import type { Values } from "../model/values";
import { withDefaultConnection } from "../resources/default-connection";
import { markPlugin } from "../resources/face";
import { JailBundle, type JailBundleArgs } from "../resources/jail-bundle/resource";
import { componentInputs } from "./component-inputs";
import { type FleetOfJailsArgs, makeFleetOfJails } from "./fleet-of-jails";
import type { Provider } from "./provider";

type Request = messages.ConstructRequest;

/** A component in the state, with the URNs that each of its outputs depends on. */
interface Constructed {
  readonly urn: string;
  readonly state: Values;
  readonly dependencies: ReadonlyMap<string, string[]>;
}

/** Makes a component for a program in any language, by the class that a TypeScript program uses. */
export function construct(request: Request, { address, connection }: Provider): Promise<Constructed> {
  const { withLocalStorage, getLocalStore } = sdkModule<{
    withLocalStorage<T>(work: () => Promise<T>): Promise<T>;
    getLocalStore(): object;
  }>("@pulumi/pulumi/runtime/state");
  // The SDK keeps a stack trace of each promise of it: an eighth of the plugin's time. The plugin prints none.
  Error.stackTraceLimit = 0;
  return withLocalStorage(async () => {
    markPlugin(getLocalStore());
    await connect(request, address);
    const inputs = (request.getInputs()?.toJavaScript() ?? {}) as Values;
    return resultOf(make(request, inputs, connection));
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
      const args = componentInputs(withDefaultConnection("Jail", inputs, connection));
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

async function resultOf(component: Component): Promise<Constructed> {
  const { serializeResourceProperties } = sdkModule<{
    serializeResourceProperties(label: string, values: object): Promise<[Values, Map<string, Set<pulumi.Resource>>]>;
  }>("@pulumi/pulumi/runtime/rpc");
  const { waitForRPCs } = sdkModule<{ waitForRPCs(): Promise<void> }>("@pulumi/pulumi/runtime/settings");
  const [state, resources] = await serializeResourceProperties("construct", component.results);
  const dependencies = [...resources].map(async ([key, on]): Promise<[string, string[]]> => {
    return [key, await Promise.all([...on].map(({ urn }) => promiseOf(urn)))];
  });
  const constructed = {
    urn: await promiseOf(component.urn),
    state,
    dependencies: new Map(await Promise.all(dependencies)),
  };
  await waitForRPCs();
  return constructed;
}

/** The SDK keeps this method of an Output out of its types. */
function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
