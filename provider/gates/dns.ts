import { lookup, Resolver } from "node:dns/promises";
import type { DnsCheck, DnsType } from "../fleet/gate";
import { place } from "../fleet/gate-name";
import { bytesOf, showRemote } from "../model/bytes";
import { canonicalAddress } from "../ssh/config-tokens";
import { networkWords } from "./network-words";
import type { Failure, Target } from "./target";

/** Milliseconds that the server may take: gates ask again by themselves. */
const patience = 5000;

/** Whether a name server gives an answer. */
export function dnsTarget(server: string, { name, type = "A", port = 53, answer }: DnsCheck): Target {
  return {
    at: place(server, port),
    limit: 10_000,
    probe: async (signal) => {
      try {
        const { address } = await lookup(server);
        // A resolver may remember answers and slow servers: each check has its own.
        const resolver = new Resolver({ timeout: patience, tries: 1 });
        resolver.setServers([place(address, port)]);
        signal.addEventListener("abort", () => resolver.cancel(), { once: true });
        return judge(await answers(resolver, name, type), type, answer);
      } catch (error) {
        return { why: dnsWords(error, type) };
      }
    },
  };
}

function judge(found: readonly string[], type: DnsType, wanted: string | undefined): Failure | undefined {
  if (wanted === undefined || found.some((one) => same(one, type) === same(wanted, type))) return undefined;
  const shown = found.slice(0, 3).map((one) => showRemote(bytesOf(one), 100));
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  return { why: `it answers ${shown.join(", ")}${more}, not ${showRemote(bytesOf(wanted), 100)}` };
}

/** Makes two spellings of an address or a name equal. */
function same(text: string, type: DnsType): string {
  return type === "TXT" ? text : canonicalAddress(text).replace(/\.$/, "");
}

async function answers(resolver: Resolver, name: string, type: DnsType): Promise<string[]> {
  switch (type) {
    case "MX":
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
    case "SOA":
      return [String((await resolver.resolveSoa(name)).serial)];
    case "SRV":
      return (await resolver.resolveSrv(name)).map((srv) => `${srv.priority} ${srv.weight} ${srv.port} ${srv.name}`);
    case "TXT":
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(""));
    default:
      return (await resolver.resolve(name, type)) as string[];
  }
}

function dnsWords(error: unknown, type: DnsType): string {
  const { code = "", syscall = "" } = error as NodeJS.ErrnoException;
  // The server's own name has no address.
  if (syscall === "getaddrinfo") return networkWords(error);
  const words: Readonly<Record<string, string>> = {
    ENOTFOUND: "it knows no such name (NXDOMAIN)",
    ENODATA: `the name has no record of type ${type}`,
    ESERVFAIL: "it cannot answer (SERVFAIL)",
    EREFUSED: "it refuses the question (REFUSED)",
    ENOTIMP: "it does not serve such questions (NOTIMP)",
    EFORMERR: "it does not understand the question (FORMERR)",
    EBADRESP: "its answer is no answer of a name server",
    ETIMEOUT: "no answer",
  };
  return words[code] ?? networkWords(error);
}
