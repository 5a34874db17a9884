import { type Acl, hasAccessEntries } from "../../model/acl";
import type { Bytes } from "../../model/bytes";
import { formatMode, type Mode } from "../../model/mode";
import type { Step } from "../../plan/steps";
import type { Agent } from "../channel/agent";
import { ask, type Requests } from "../channel/ask";
import { type Reply, whyOf } from "../channel/reply";
import { pathList } from "../paths";
import { notDone, type Word } from "../protocol";
import { type MovedAway, moveAway, nothingMoved } from "./quarantine";

/** Paths in one request: the host has to answer it within the limit of its connection. */
const batch = 10_000;

/**
 * Does the steps: directories first, parents before children; then, before another owner, the mode that both allow;
 * then owners, ACLs, modes, capabilities. At no moment has anybody more than before and after. Owner before mode: a
 * former owner can no longer change the mode back, and chown clears setuid and setgid of a file. A failure for one path
 * (it is immutable) does not keep the others from being repaired: the caller gets the errors, and a later look tells
 * the rest. `chain` holds the requests that have to be done before.
 */
export async function applySteps(agent: Agent, steps: readonly Step[], chain = agent.chain()): Promise<MovedAway> {
  const made = steps.filter(({ action }) => action === "make" || action === "replace");
  const goes = steps.filter(({ action }) => action === "away");
  const stands = steps.filter(({ action, isInTheWay }) => action === "replace" || isInTheWay);
  // Without a wait everything is sent before the caller sends anything.
  const away = goes.length > 0 ? await moveAway(agent, goes) : nothingMoved;
  const replaced = stands.length > 0 ? await moveAway(agent, stands) : nothingMoved;
  const making = requestInBatches("mkdir", pathsOf(made), (data) => ask(chain, "mkdir", { data }));
  const isSound = ({ action }: Step) => action === "set" || (action !== "put" && replaced.errors.length === 0);
  // All are sent at once, as the host serves them in order. Where a directory could not be made something else stands,
  // and chmod would follow a link: then the host does none of them, and those for earlier entries are sent again.
  const changing = change(chain.attempts, steps.filter(isSound));
  const [unmade, changed] = await Promise.all([making, changing]);
  const again =
    unmade.length > 0
      ? await change(
          agent,
          steps.filter(({ action }) => action === "set"),
        )
      : [];
  return {
    moved: new Map([...away.moved, ...replaced.moved]),
    uses: away.uses,
    errors: [...away.errors, ...replaced.errors, ...unmade, ...changed, ...again],
  };
}

/** One command for all steps with an equal argument. */
interface Command {
  readonly word: Word;
  readonly argumentOf: (step: Step) => string | undefined;
  readonly send: (data: Buffer, argument: string) => Promise<Reply>;
}

async function change(to: Requests, steps: readonly Step[]): Promise<string[]> {
  const chmod = (data: Buffer, mode: string) => ask(to, "chmod", { data, mode });
  const modeText = (mode: Mode | undefined) => (mode === undefined ? undefined : fiveDigits(mode));
  const commands: Command[] = [
    { word: "chmod", argumentOf: ({ close }) => modeText(close), send: chmod },
    {
      word: "chown",
      argumentOf: ({ owner }) => owner && `${owner.uid}:${owner.gid}`,
      send: (data, ids) => ask(to, "chown", { data, ids }),
    },
    {
      word: "acl",
      argumentOf: ({ acl }) => acl && aclEntries(acl),
      send: (data, entries) => ask(to, "acl", { data, entries }),
    },
    { word: "chmod", argumentOf: ({ mode }) => modeText(mode), send: chmod },
    {
      word: "powers",
      argumentOf: ({ capabilities }) => capabilities,
      send: (data, capabilities) => ask(to, "powers", { data, capabilities }),
    },
  ];
  const sent = commands.flatMap(({ word, argumentOf, send }) =>
    [...grouped(steps, argumentOf)].map(([argument, paths]) =>
      requestInBatches(word, paths, (data) => send(data, argument)),
    ),
  );
  return (await Promise.all(sent)).flat();
}

/** GNU chmod keeps a directory's setgid bit for four digits. */
export function fiveDigits(mode: Mode): string {
  return `0${formatMode(mode)}`;
}

/**
 * The entries for setfacl, with a closed mask, or a closed group where there is no mask: the mode that follows opens
 * it.
 */
export function aclEntries(acl: Acl): string {
  return [...acl, hasAccessEntries(acl) ? "mask::---" : "group::---"].join();
}

/**
 * Sends one command for some paths, and gives its errors. A request that the host skipped in a chain has the reason of
 * another one.
 */
export async function requestInBatches(
  word: Word,
  paths: readonly Bytes[],
  send: (data: Buffer) => Promise<Reply>,
): Promise<string[]> {
  const replies: Promise<Reply>[] = [];
  for (let from = 0; from < paths.length; from += batch) replies.push(send(pathList(paths.slice(from, from + batch))));
  const failed = (await Promise.all(replies)).filter(({ status }) => status !== 0 && status !== notDone);
  return failed.map((reply) => `${word}: ${whyOf(reply)}`);
}

function pathsOf(steps: readonly Step[]): Bytes[] {
  return steps.map(({ path }) => path);
}

function grouped(steps: readonly Step[], keyOf: (step: Step) => string | undefined): Map<string, Bytes[]> {
  const groups = new Map<string, Bytes[]>();
  for (const step of steps) {
    const key = keyOf(step);
    if (key === undefined) continue;
    const paths = groups.get(key);
    if (paths) paths.push(step.path);
    else groups.set(key, [step.path]);
  }
  return groups;
}
