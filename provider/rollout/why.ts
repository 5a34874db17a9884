import type { Fleet } from "../fleet/fleet";
import { hostsOf } from "../fleet/fleet";
import { printable } from "../model/bytes";
import { type Connection, secretConnectionKeys } from "../model/connection";
import { withoutUrlSecrets } from "../model/url-secrets";

/** Characters: an error of a changed host key has room for its remedy. */
const longest = 600;

/** Makes the text of an error fit for a record: one line without a secret that this process knows. */
export class Whys {
  readonly #secrets: readonly string[];

  constructor(fleet: Fleet, env: NodeJS.ProcessEnv) {
    const connections = Object.entries(fleet.units).flatMap(([name, unit]) => Object.values(hostsOf(name, unit)));
    const words = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"].map((name) => env[name]);
    const lines = [...connections.flatMap(secretsOf), ...words].flatMap((text) =>
      typeof text === "string" ? text.split("\n").map((line) => line.trim()) : [],
    );
    // A shorter one would be found in words that are no secret.
    this.#secrets = [...new Set(lines.filter((line) => line.length >= 4))].sort((a, b) => b.length - a.length);
  }

  line(text: string): string {
    const lines = text.split("\n").filter((one) => one.trim() !== "");
    // The CLI may tell of its success before the error.
    const told = lines.find((one) => one.startsWith("error: ")) ?? lines[0] ?? "no reason was given";
    let line = told.replace(/^error: /, "").trim();
    for (const secret of this.#secrets) line = line.replaceAll(secret, "[secret]");
    line = withoutUrlSecrets(line);
    return printable(line.length > longest ? `${line.slice(0, longest)} …` : line);
  }
}

function secretsOf(connection: Connection): unknown[] {
  const servers = [connection, ...[connection.proxy ?? []].flat()];
  const own = servers.flatMap((server) => secretConnectionKeys.map((key) => server[key]));
  return [...own, connection.become?.password];
}
