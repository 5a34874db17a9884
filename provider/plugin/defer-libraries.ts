import Module from "node:module";

/**
 * The SDK loads these libraries when it starts, and the plugin never calls them: TypeScript and npm's arborist serialize functions,
 * and the others belong to its Automation API and its tracing. They are two thirds of the SDK's start, so they load at their first use.
 */
const deferred = [
  "typescript",
  "@npmcli/arborist",
  "./automation",
  "normalize-package-data",
  "@opentelemetry/api",
  "semver",
];

type Load = (this: unknown, request: string, ...rest: unknown[]) => Record<PropertyKey, unknown>;
const loader = Module as unknown as { _load: Load };
const load = loader._load;

loader._load = function (request, ...rest) {
  if (!deferred.includes(request)) return load.call(this, request, ...rest);
  let loaded: Record<PropertyKey, unknown> | undefined;
  const library = () => {
    loaded ??= load.call(this, request, ...rest);
    return loaded;
  };
  // The compiled `import *` copies a module's names, and so loads it, unless the module says it is one.
  const get = (_: object, name: PropertyKey) => (name === "__esModule" ? true : library()[name]);
  return new Proxy({}, { get, has: (_, name) => name in library(), ownKeys: () => Reflect.ownKeys(library()) });
};
