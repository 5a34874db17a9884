import { gatesMistake } from "../../fleet/gate-arguments";
import { shareMistake } from "../../fleet/share";
import { printable } from "../../model/bytes";
import { similarName } from "../../model/similar-name";
import { isMap, type Values } from "../../model/values";
import { outputAsText } from "../argument-failures";
import { isLater } from "../secret-inputs";
import type { JailFleetArgs } from "./args";

const argumentNames = ["hosts", "waves", "declare"];
const waveNames = ["name", "size", "labels", "canary", "gates"];

/** Throws at the first mistake in a fleet's arguments; gives the way to make an error of a later one. */
export function expectFleet(name: string, args: JailFleetArgs): (why: string) => Error {
  const subject = `JailFleet ${String(name).split("\n", 1)[0]}`;
  const fail = (why: string) => new Error(printable(`${subject}: ${why}`));
  if (String(name).includes(outputAsText)) throw fail("the name has an Output in it as text: give a plain string");
  const mistake = fleetMistake(args);
  if (mistake !== undefined) throw fail(mistake);
  return fail;
}

function fleetMistake(args: unknown): string | undefined {
  if (!isMap(args)) return "the arguments are missing, or are not an object";
  const unknown = notAmong(args, argumentNames);
  if (unknown !== undefined) return unknown;
  const { hosts, waves, declare } = args;
  const absent = hostsMistake(hosts);
  if (absent !== undefined) return absent;
  if (!Array.isArray(waves) || waves.length === 0)
    return `waves is ${Array.isArray(waves) ? "empty" : "no list"}: give at least one wave, such as { name: "all" }`;
  if (typeof declare !== "function") return "declare is no function: it constructs the resources of a host";
  for (const [index, wave] of waves.entries()) {
    const mistake = waveMistake(wave, hosts as Values);
    if (mistake !== undefined) return `waves[${index}]${mistake}`;
  }
  return undefined;
}

function hostsMistake(hosts: unknown): string | undefined {
  if (isLater(hosts))
    return "hosts is an Output or a Promise: waves are planned before anything starts, so give an object (its connections may have Outputs in them)";
  if (!isMap(hosts)) return `hosts is ${hosts === undefined ? "missing" : "no object"}: give the connections by name`;
  const [bad] = Object.entries(hosts).filter(([, host]) => !isMap(host) || isLater(host) || host["host"] === undefined);
  if (bad) return `hosts.${bad[0]} is no connection: give an object such as { host: "ns1.example.com" }`;
  const [blank] = Object.keys(hosts).filter((name) => name.trim() === "");
  return blank === undefined ? undefined : "hosts has a blank name: it becomes a part of URNs";
}

function waveMistake(wave: unknown, hosts: Values): string | undefined {
  if (!isMap(wave)) return " is no object";
  const unknown = notAmong(wave, waveNames);
  if (unknown !== undefined) return `: ${unknown}`;
  const { name, size, labels = {}, canary = false, gates = [] } = wave;
  if (typeof name !== "string" || name.trim() === "") return ".name is missing, or is blank";
  const share = size === undefined ? undefined : shareMistake(size as number);
  if (share !== undefined) return `.size: ${share}`;
  if (typeof canary !== "boolean") return ".canary is neither true nor false";
  if (!isMap(labels)) return ".labels is no object";
  const label = labelsMistake(labels, hosts);
  if (label !== undefined) return `.labels${label}`;
  if (!Array.isArray(gates)) return ".gates is no list";
  // In the place of a function, which names its resources itself, is a gate without a mistake.
  const mistake = gatesMistake(
    gates.map((gate, at) => (typeof gate === "function" ? { name: `\0${at}`, soak: 1 } : gate)),
  );
  return mistake === undefined ? undefined : `.${mistake}`;
}

/** A label that no host has is a slip of the pen: its wave would be skipped, and so would its gates. */
function labelsMistake(labels: Values, hosts: Values): string | undefined {
  const all = Object.values(hosts).map((host) => ((host as Values)["labels"] ?? {}) as Values);
  if (all.length === 0) return undefined;
  const valuesOf = (key: string) => all.flatMap((own): unknown[] => [own[key] ?? []].flat());
  for (const [key, wanted] of Object.entries(labels)) {
    const values = valuesOf(key);
    const keys = [...new Set(all.flatMap((own) => Object.keys(own)))];
    if (values.length === 0) return `: no host has a label ${key}${hint(key, keys)}`;
    const [missing] = [wanted].flat().filter((value) => !values.includes(value));
    if (missing !== undefined)
      return `.${key}: no host has the value ${String(missing)}${hint(String(missing), values.map(String))}`;
  }
  return undefined;
}

function notAmong(values: Values, names: readonly string[]): string | undefined {
  const [key] = Object.keys(values).filter((one) => !names.includes(one));
  return key === undefined ? undefined : `${key} is not known here${hint(key, names)}`;
}

function hint(word: string, names: readonly string[]): string {
  const similar = similarName(word, names);
  return similar === undefined ? `; known: ${[...new Set(names)].slice(0, 10).join(", ")}` : `: ${similar} is meant?`;
}
