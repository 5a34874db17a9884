import { z } from "zod";
import { printable } from "../model/bytes";
import { argumentNamesAt, issueMessage, notKnown } from "../model/zod-issues";
import { dnsTypes, type GateDeclaration } from "./gate";
import { gateName } from "./gate-name";

const week = 604_800;
const seconds = z
  .number({
    error: ({ input }) =>
      typeof input === "number" && !Number.isFinite(input) ? "must be a number of seconds" : undefined,
  })
  .positive()
  .max(week);
const port = z.number().int().min(1).max(65_535);
/** No character of it could end a name or an address in a message or a URL. */
const server = z.string().regex(/^[A-Za-z0-9_.:%-]+$/, "is no name or address of a server");

const checks = {
  tcp: z.strictObject({ port, host: server.optional() }),
  dns: z.strictObject({
    name: z.string().regex(/^[!-~]{1,255}$/, "is no name in the DNS: write it in ASCII, without spaces"),
    type: z.enum(dnsTypes).optional(),
    server: server.optional(),
    port: port.optional(),
    answer: z.string().min(1).optional(),
  }),
  http: z.strictObject({
    url: z.string().superRefine((url, context) => {
      const message = urlMistake(url);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
    status: z.number().int().min(200).max(599).optional(),
    contains: z.string().min(1).optional(),
  }),
  // systemd.unit(5): letters, digits and ":-_.\", and "@" for an instance. systemctl would read a first "-" as an option.
  unit: z
    .string()
    .regex(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]{0,254}$/, "is no name of a unit: write it as systemctl shows it"),
  command: z
    .string()
    .regex(/\S/, "is empty")
    .regex(/^[^\0]*$/, "has a NUL character, which no shell reads"),
  noDrift: z.literal(true),
  soak: seconds,
};
const checkNames = Object.keys(checks);

const gate = z
  .strictObject({
    name: z.string().regex(/\S/, "is empty: give a name, or leave it out"),
    timeout: seconds,
    interval: seconds,
    ...checks,
  })
  .partial();

/** The first mistake of a gate, as a sentence that begins with the property; undefined where there is none. */
export function gateMistake(declaration: unknown): string | undefined {
  const [issue] = gate.safeParse(declaration, { error: issueMessage }).error?.issues ?? [];
  if (issue !== undefined) return printable(issueText(issue));
  const values = declaration as Readonly<Record<string, unknown>>;
  const given = Object.keys(values);
  const [first, second] = given.filter((name) => checkNames.includes(name));
  if (first === undefined || values[first] === undefined)
    return `the gate has no check: give it one of ${checkNames.join(", ")}`;
  if (second !== undefined) return `${first} and ${second} are two checks: make two gates, as a gate has one`;
  const idle = given.find((name) => name === "timeout" || name === "interval");
  if (first === "soak" && idle !== undefined) return `${idle} has no effect on soak: leave it out`;
  return undefined;
}

/** The first mistake of a wave's gates; two gates of one name would be one in the rollout's record. */
export function gatesMistake(declarations: readonly unknown[]): string | undefined {
  const names = new Map<string, number>();
  for (const [index, declaration] of declarations.entries()) {
    const mistake = gateMistake(declaration);
    if (mistake !== undefined) return `gates[${index}]: ${mistake}`;
    const name = gateName(declaration as GateDeclaration);
    const other = names.get(name);
    if (other !== undefined)
      return printable(`gates[${other}] and gates[${index}] are both called ${name}: give one of them a name`);
    names.set(name, index);
  }
  return undefined;
}

function issueText(issue: z.core.$ZodIssue): string {
  const above = issue.path.map((key) => `${String(key)}.`).join("");
  if (issue.code !== "unrecognized_keys") return `${above.replace(/\.$/, "") || "the gate"} ${missing(issue)}`;
  const [key = ""] = issue.keys;
  return `${above}${key} ${notKnown(key, argumentNamesAt(gate, issue.path))}`;
}

function missing({ message }: z.core.$ZodIssue): string {
  return message.endsWith(", not undefined") ? "is missing" : message;
}

function urlMistake(url: string): string | undefined {
  const form = "is no URL: write it as http://{host}:8080/health";
  // The address of a host may be one of IPv6, in brackets.
  const text = url.replaceAll("{host}", "[::1]");
  if (!URL.canParse(text)) return form;
  const { protocol, username, password } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") return form;
  if (username !== "" || password !== "")
    return "has a user or a password in it, which reports would show: use command";
  return undefined;
}
