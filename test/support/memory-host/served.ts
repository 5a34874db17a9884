import type { Word } from "../../../provider/agent/protocol";
import type { Serve } from "./request";
import { enter } from "./words/enter";
import { look, scan } from "./words/look";
import * as puts from "./words/put";
import { expire, quarantine } from "./words/quarantine";
import * as questions from "./words/questions";
import * as registry from "./words/registry";
import * as repairs from "./words/repair";
import { plan, relax, seal } from "./words/seal";
import { unplace } from "./words/staging";
import { skip, zone } from "./words/walk";

/**
 * The words that a host in memory serves. The others need real tools, mounts, daemons, ELF files or processes. Each word here has
 * a case in test/agent/memory-host.test.ts, which compares the answers with a real agent's.
 */
export const served = {
  registry: registry.registry,
  enter,
  records: registry.records,
  put: registry.put,
  drop: registry.drop,
  history: registry.history,
  tidy: registry.tidy,
  neighbours: registry.neighbours,
  zone,
  skip,
  look,
  scan,
  programs: questions.programs,
  flags: questions.flags,
  times: questions.times,
  processes: questions.processes,
  uses: questions.uses,
  devices: questions.devices,
  logins: questions.logins,
  names: questions.names,
  sums: questions.sums,
  text: questions.text,
  places: questions.places,
  seal,
  plan,
  relax,
  mkdir: repairs.mkdir,
  chown: repairs.chown,
  chmod: repairs.chmod,
  acl: repairs.acl,
  powers: repairs.powers,
  quarantine,
  expire,
  at: puts.at,
  fill: puts.fill,
  copy: puts.copy,
  symlink: puts.symlink,
  device: puts.device,
  fields: puts.fields,
  place: puts.place,
  back: puts.back,
  remove: puts.remove,
  unplace,
  clear: repairs.clear,
  empty: repairs.empty,
  uproot: repairs.uproot,
} as const satisfies Partial<Record<Word, Serve>>;

export function serveOf(word: string): Serve | undefined {
  return Object.hasOwn(served, word) ? served[word as keyof typeof served] : undefined;
}
