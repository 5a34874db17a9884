import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type LabHost, startHost } from "../support/sshd";

const checkout = join(__dirname, "..", "..", "..");
const { pulumiPath } = require(join(checkout, "scripts", "pulumi-bin.js")) as { pulumiPath(): string };

const directory = mkdtempSync(join(tmpdir(), "chroot-package-"));
const app = join(directory, "app");
let packed: { filename: string; files: { path: string }[] };
let host: LabHost;

beforeAll(async () => {
  for (const name of ["app", "home/.ssh", "pulumi", "state"]) mkdirSync(join(directory, name), { recursive: true });
  const { stdout } = await succeed(
    ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", directory],
    checkout,
  );
  packed = JSON.parse(stdout)[0];
  host = await startHost({ accounts: { bind: { uid: 1053, gid: 1053 }, worker: { uid: 1054, gid: 1054 } } });
  // A program with libraries, at the place of the README's own daemon.
  await host.must("mkdir /opt/worker && cp /bin/sleep /opt/worker/worker");
});

afterAll(async () => {
  await host?.close();
  rmSync(directory, { recursive: true, force: true });
});

test("the package has what runs, its schemas, its papers and its licence, and nothing else", () => {
  const paths = packed.files.map(({ path }) => path);
  const pages = ["docs", "docs/reference"].flatMap((folder) =>
    readdirSync(join(checkout, folder))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${folder}/${file}`),
  );
  const scripts = ["host", "launcher", "script"].flatMap((folder) =>
    readdirSync(join(checkout, "provider/agent", folder)).map((file) => `provider/agent/${folder}/${file}`),
  );
  const papers = ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", ...pages];
  const schemas = ["schema.json", "schema/assessment.v1.json", "schema/fleet-report.v1.json"];
  const wanted = [...schemas, "package.json", "plugin/pulumi-resource-chroot", ...papers, ...scripts];
  const entries = ["dist/provider/index.js", "dist/provider/index.d.ts", "dist/provider/lifecycle.js"];
  for (const path of [...wanted, ...entries]) assert.ok(paths.includes(path), `no ${path} in the package`);
  // A source map is of no use without its source, which is not there.
  const isCode = (path: string) => /^dist\/provider\/.*\.(js|d\.ts)$/.test(path);
  const others = paths.filter((path) => !wanted.includes(path) && !isCode(path));
  expect(others).toStrictEqual([]);
});

test("the README's examples, pasted into an empty folder with the package installed, compiles and previews", async () => {
  const readme = readFileSync(join(checkout, "README.md"), "utf8");
  // They go on from each other.
  const example = [...readme.matchAll(/^```ts(?: index\.ts)?\n(.*?)^```$/gms)].map(([, text]) => text).join("\n");
  // The one change: where the host is.
  expect(example).toMatch(/host: "ns1\.example\.com"/);
  writeFileSync(join(app, "index.ts"), example.replaceAll('"ns1.example.com"', `"127.0.0.1", port: ${host.port}`));
  writeFileSync(join(app, "Pulumi.yaml"), "name: readme\nruntime: nodejs\n");
  await install(readme);
  await compile();

  // The key in ~/.ssh and the host in known_hosts, as the README says.
  const ssh = join(directory, "home", ".ssh");
  writeFileSync(join(ssh, "id_ed25519"), host.privateKey, { mode: 0o600 });
  writeFileSync(join(ssh, "known_hosts"), `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
  await succeed(["pulumi", "stack", "init", "dev"], app);
  const { output } = await succeed(["pulumi", "preview", "--diff", "--color", "never"], app);
  expect(output).toMatch(/\+ pulumi-nodejs:dynamic\/chroot:Jail: \(create\)/);
  expect(output).toMatch(/\+ pulumi-nodejs:dynamic\/chroot:PermissionRule: \(create\)/);
  expect(output).toMatch(/"absent => root:bind 0755 directory"/);
  expect(output).toMatch(/\(PermissionRule::\S+: .+\)$/m);
  expect(output).not.toMatch(/not checked|refused|warning|error/);
  assert.ok(host.connections() > 0, "the host was asked");
  assert.equal((await host.sh("ls /chroot /var/lib/pulumi-chroot 2>/dev/null")).stdout, "", "and left as it was");
});

/** The README's own install command, with this package's tarball, and the others in the versions of the checkout. */
async function install(readme: string): Promise<void> {
  const names = /^npm install (pulumi-chroot [^#\n]*)/m.exec(readme)?.[1]?.trim().split(/\s+/) ?? [];
  assert.ok(names.includes("@pulumi/pulumi"), `install command: ${names.join(" ")}`);
  const packages = names.map((name) => {
    if (name === "pulumi-chroot") return join(directory, packed.filename);
    const bare = name.replace(/(?<=.)@.*$/, "");
    const manifest = readFileSync(join(checkout, "node_modules", bare, "package.json"), "utf8");
    return `${bare}@${JSON.parse(manifest).version}`;
  });
  writeFileSync(join(app, "package.json"), '{ "private": true }\n');
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await succeed(["npm", "install", "--prefix", app, ...quiet, ...packages], app);
}

/** With the options of `pulumi new typescript`, which check the declarations of the package too. */
async function compile(): Promise<void> {
  const options = { strict: true, target: "es2020", module: "commonjs", moduleResolution: "node" };
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["index.ts"] }));
  await succeed([process.execPath, join(checkout, "node_modules", "typescript", "bin", "tsc"), "--noEmit"], app);
}

/** The environment has nothing of the `npm test` around this, of the user's Pulumi or of their SSH keys. npm keeps their cache. */
function environment(command: string): NodeJS.ProcessEnv {
  const foreign = /^(PULUMI_|SSH_AUTH_SOCK$|INIT_CWD$|npm_(?!config_)|npm_config_(local|global)_prefix$)/;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  if (command !== "pulumi") return inherited;
  return {
    ...inherited,
    PATH: [pulumiPath(), dirname(process.execPath), process.env["PATH"]].join(delimiter),
    HOME: join(directory, "home"),
    PULUMI_HOME: join(directory, "pulumi"),
    PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "readme",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

async function succeed(
  [command = "", ...args]: readonly string[],
  cwd: string,
): Promise<{ stdout: string; output: string }> {
  const child = spawn(command, args, { cwd, env: environment(command), stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, output] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  assert.equal(code, 0, `${command} ${args.join(" ")}\n${output}`);
  return { stdout, output };
}
