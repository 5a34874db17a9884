import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll } from "@jest/globals";
import { startDaemon } from "./daemon";
import { ok } from "./e2e";
import { useExample } from "./example";
import { examples } from "./example-program";
import { freePort } from "./free-port";
import { type Language, programOf, useLanguage } from "./language";

export const root = "/chroot/named";
export const named = { uid: 1053, gid: 1053 };
export const rndcKey = "aHVudGVyMiBodW50ZXIyIGh1bnRlcjIgaHVudGVyMiE=";

/** A jail as years of work by hand leave it. */
const grownTree = `
mkdir -p etc conf/secondaries conf/keys var/run var/log lib/deep/er
echo secret >conf/keys/tsig; chmod 4666 conf/keys/tsig
echo old >conf/secondaries/old.zone; chown named:named conf/secondaries/old.zone; chmod 0664 conf/secondaries/old.zone
echo mine >conf/secondaries/mine.zone
: >lib/deep/er/so; chmod 0755 lib/deep/er/so; chmod 2777 lib/deep; chmod 1777 var/log; chown -R named:named var
: >var/log/queries; chmod 0600 var/log/queries; chmod 0700 .
`;

interface Options {
  /** Whether named answers from the jail, and rndc has its key. */
  readonly isServing?: boolean;
  /** The language of the example, if it is not TypeScript. */
  readonly language?: Language;
}

/** The jail of examples/named, or of the example in another language. To be called in a describe. */
export function useNamed({ isServing = false, language }: Options = {}) {
  const example = useExample(language === undefined ? "named" : `named-${language}`, {
    tools: ["named", "dig", "rndc", "named-checkconf", "named-checkzone"],
    accounts: { named },
    config: { adopt: "true", ...(language === undefined ? { distribution: "rhel" } : { user: "named" }) },
    languageHost: language !== undefined,
  });
  const ports = { dns: 0, control: 0, primary: 0 };

  beforeAll(async () => {
    for (const name of ["dns", "control", "primary"] as const) ports[name] = await freePort();
    const { host } = example;
    await host.must(`mkdir -p ${root}; cd ${root}; ${grownTree}`);
    writeFileSync(host.path(`${root}/etc/named.conf`), "brought in by hand\n");
    writeFileSync(host.path(`${root}/conf/example.com.zone`), "brought in by hand\n");
    // As if the control port of this host were the ordinary one.
    await host.replace(
      "/usr/sbin/rndc",
      (original) => `#!/bin/sh\necho "$@" >>/run/rndc\nexec ${original} -p ${ports.control} "$@"\n`,
    );
    if (language !== undefined) declareIn(language);
    edit(language === undefined ? "named.conf" : "named/named.conf", (text) =>
      text
        .replace("port 53 { any; }", `port ${ports.dns} { 127.0.0.1; }`)
        .replace("port 953", `port ${ports.control}`)
        .replace("primaries { 192.0.2.1; }", `primaries port ${ports.primary} { 127.0.0.1; }`)
        .replace("recursion no;", "recursion no; notify no; min-refresh-time 1;"),
    );
    if (!isServing) return;
    ok(await example.stack.pulumi("config", "set", "--secret", "rndcKey", rndcKey));
    ok(await example.stack.up());
    await serve();
  });

  /** Lets the stack run the program, with files of examples/named of its own. */
  function declareIn(language: Language): void {
    const files = join(example.stack.directory, "named");
    mkdirSync(files);
    for (const name of ["named.conf", "example.com.zone"]) cpSync(join(examples, "named", name), join(files, name));
    edit(programOf[language], (text) => text.replaceAll("../named/", "named/"));
    useLanguage(example.stack, language);
  }
  /** Changes a file of the project. */
  function edit(name: string, change: (text: string) => string): void {
    const file = join(example.stack.directory, name);
    const [before, text] = [readFileSync(file, "utf8"), change(readFileSync(file, "utf8"))];
    assert.notEqual(text, before, `nothing to change in ${name}`);
    writeFileSync(file, text);
  }
  /** Starts named in the foreground (-f, and its log to stderr: -g), and waits until it answers. */
  const start = (argv: readonly string[], at: number) =>
    startDaemon(
      example.host,
      ["/usr/sbin/named", ...argv, "-u", "named", "-g"],
      async () => (await dig("example.com", "SOA", at)) !== "",
    );
  async function dig(name: string, type: string, at = ports.dns): Promise<string> {
    const options = ["+short", "+time=1", "+tries=1", "-p", String(at)];
    const { code, stdout } = await example.host.run(["dig", "@127.0.0.1", ...options, name, type]);
    return code === 0 ? stdout.trim() : "";
  }
  const answersRight = async () => /^192\.0\.2\.8\d$/.test(await dig("www.example.com", "A"));
  const serve = () => start(["-t", root, "-c", "/etc/named.conf"], ports.dns);
  return { example, ports, edit, start, serve, dig, answersRight };
}
