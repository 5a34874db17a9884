import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const checkout = join(__dirname, "..", "..", "..");

interface Served {
  /** For the command line of the CLI. */
  readonly flags: readonly string[];
  close(): void;
}

// The SDK depends on gRPC, this package does not.
const sdk = createRequire(require.resolve("@pulumi/pulumi"));
const grpc = sdk("@grpc/grpc-js");
const { LanguageServer } = require("@pulumi/pulumi/automation/server");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const { grpcChannelOptions } = require("@pulumi/pulumi/runtime");

/**
 * Serves the program of a project to one command of the CLI, as Pulumi's Automation API does. The CLI then starts no language host
 * and no Node.js for the program: half of the CPU of a command.
 */
export async function serveProgram(directory: string): Promise<Served> {
  const server = new grpc.Server({ ...grpcChannelOptions });
  server.addService(LanguageRuntimeService, new LanguageServer(programIn(directory)));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
      error ? reject(error) : resolve(bound),
    );
  });
  // A program names its files from its folder.
  process.chdir(directory);
  const close = () => {
    process.chdir(checkout);
    server.forceShutdown();
  };
  return { flags: [`--client=127.0.0.1:${port}`, "--exec-kind", "auto.inline"], close };
}

/** The program as it is written in the project's folder. */
function programIn(directory: string): () => Promise<unknown> {
  const load = createRequire(join(directory, "index.js"));
  return async () => {
    const folder = dirname(load.resolve("./index.js"));
    const own = Object.keys(load.cache).filter((file) => file.startsWith(`${folder}/`));
    for (const file of own) delete load.cache[file];
    const program: unknown = load("./index.js");
    return typeof program === "function" ? program() : program;
  };
}
