import { InventoryMistake } from "./mistake";
import type { Source } from "./read";

export type Format = "ini" | "yaml" | "json" | "ssh-config";

const remedy = "run ansible-inventory --list -i FILE > hosts.json, and use that file";

/** The format of an inventory, by the end of its name, else by its content. */
export function formatOf({ path, text }: Source): Format {
  if (text.startsWith("#!") || text.includes("\0"))
    throw new InventoryMistake({
      where: path,
      why: "the file is a program, and no program runs here to make an inventory",
      remedy,
    });
  const name = path.replace(/^.*\//, "").toLowerCase();
  const end = /\.(\w+)$/.exec(name)?.[1];
  if (end === "toml") throw new InventoryMistake({ where: path, why: "an inventory in TOML is not read here", remedy });
  if (end === "json") return "json";
  if (end === "yml" || end === "yaml") return "yaml";
  if (end === "ini") return "ini";
  if (/^\s*\{/.test(text)) return "json";
  const lines = text.split("\n").map((line) => line.trim());
  const hasSection = lines.some((line) => line.startsWith("["));
  if (
    !hasSection &&
    (/^(?:ssh_)?config$/.test(name) || lines.some((line) => /^(?:Host|Match)[ \t=]+[^=]+$/i.test(line)))
  )
    return "ssh-config";
  const first = lines.find((line) => line !== "" && !line.startsWith("#"));
  return first !== undefined && /^(?:---|[\w"'.-]+:(?:\s+[#{].*)?)(?:\s|$)/.test(first) ? "yaml" : "ini";
}
