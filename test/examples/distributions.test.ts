import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { docs } from "../support/doc-page";
import { type Distributions, exampleNames, examples, type Run, runExample } from "../support/example-program";
import { namesOf, namesTable, shownName } from "../support/names-table";

const config = { host: "ns1.example.com", users: "alice,bob", rndcKey: "hunter2" };
const refusal = 'no distribution "arch" in names.ts: set debian, rhel, alpine';
const distributions = ["debian", "rhel", "alpine"];
const rowsOfPage = namesTable(readFileSync(join(docs, "compatibility.md"), "utf8"));
/** The daemons of the page's table that have an example. */
const daemons: Readonly<Record<string, string>> = {
  haproxy: "HAProxy",
  named: "BIND",
  nginx: "nginx",
  "php-fpm": "PHP-FPM",
  rsyncd: "rsync",
  sftp: "sftp",
  unbound: "Unbound",
};

const spoken = ({ declared, exported }: Run) => texts([declared, exported]);

/** Every string that a program declares or exports, a command with all its words, and the name of every property. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  const within = Object.entries(value).flatMap(([name, part]) => [name, ...texts(part)]);
  return Array.isArray(value) ? [value.join(" "), ...within] : within;
}

const valuesOf = (row: Distributions[string]) =>
  Object.values(row).map((value) => (typeof value === "string" ? value : value.join(" ")));

test("every example has its daemon in the table of the page", () => {
  expect([...exampleNames].sort()).toStrictEqual(Object.keys(daemons).sort());
});

describe.each(exampleNames)("examples/%s", (name) => {
  test.each(distributions)("declares the names of %s, and no name of another distribution", async (distribution) => {
    const run = await runExample(name, { ...config, distribution });
    const said = spoken(run);
    const { [distribution]: own = {}, ...others } = run.distributions;
    const [jail] = Object.entries(run.declared).flatMap(([of, args]) => (of.startsWith("Jail ") ? [args] : []));
    const { user = "alice", group = "alice" } = own; // sftp's users are the admin's
    expect({ user: jail?.["user"], group: jail?.["group"] }).toStrictEqual({ user, group });
    expect(valuesOf(own).filter((text) => !said.some((one) => one.includes(text)))).toStrictEqual([]);
    const foreign = Object.values(others).flatMap(valuesOf);
    expect(foreign.filter((text) => !valuesOf(own).includes(text) && said.includes(text))).toStrictEqual([]);
  });

  test("declares the names of Debian if none is set", async () => {
    const [unset, debian] = [
      await runExample(name, config),
      await runExample(name, { ...config, distribution: "debian" }),
    ];
    expect(spoken(unset)).toStrictEqual(spoken(debian));
  });

  test("refuses a distribution that it does not know, and names the three", async () => {
    await expect(runExample(name, { ...config, distribution: "arch" })).rejects.toThrow(refusal);
  });

  test("says the same names in its README, and on the page about compatibility", async () => {
    const readme = namesTable(readFileSync(join(examples, name, "README.md"), "utf8"));
    const { distributions: data } = await runExample(name, config);
    for (const key of Object.keys(data["debian"] ?? {})) {
      const inData = Object.entries(data).map(([distribution, row]) => [distribution, shownName(key, row[key] ?? "")]);
      expect([key, namesOf(readme, "", key)]).toStrictEqual([key, Object.fromEntries(inData)]);
      expect([key, namesOf(rowsOfPage, daemons[name] ?? "", key)]).toStrictEqual([key, Object.fromEntries(inData)]);
    }
  });
});

test("the page quotes the error as it is", () => {
  expect(readFileSync(join(docs, "compatibility.md"), "utf8")).toContain(`\`${refusal}\``);
});
