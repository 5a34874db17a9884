import { parseArgs } from "node:util";
import { closeAll } from "../test/support/connections";
import { type LabHost, startHost } from "../test/support/sshd";
import { bareClient } from "./bare";
import { bareFind, type Declared, declaration, makeTree, manyRules, root, settle, www } from "./jail";
import { atMost, inTurn, ms, row, timed } from "./measure";
import { convergeAll, viewAll } from "./provider";

/**
 * `npm run bench:scale [-- --rounds N --large N]`: compares scans, plans and repairs of large jails over a warm connection with
 * the bare commands, in the same run.
 */
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, large: { type: "string", default: "100000" } },
});
const rounds = Number(values.rounds);
const large = Number(values.large);
const sizes = [large / 10, large];

const getfacl = `getfacl -RPpsnE ${root}`;
const getcap = `getcap -r ${root}`;
const perTool = { acl: ["/usr/bin/getfacl"], capabilities: ["/usr/sbin/getcap"] };

async function main(): Promise<void> {
  for (const entries of sizes) {
    const host = await startHost({ accounts: { www } });
    try {
      makeTree(host, entries);
      await settle(host);
      console.log(`\n${entries.toLocaleString("en-US")} entries, medians of ${rounds} runs in turn`);
      await scans(host);
      await manyAgainstOne(host);
      await memory(host);
    } finally {
      await closeAll();
      await host.close();
    }
  }
  await repairs();
}

/** Scans and plans a jail without drift: first on a host without tools for ACLs and capabilities, then on one with them. */
async function scans(host: LabHost): Promise<void> {
  const bare = await bareClient(host);
  const find = bareFind();
  const declared = declaration(host.port, host.connection, manyRules(5));
  const scan = () => nothingDiffers(declared);
  await convergeAll(declared); // Warms the connection.
  for (const tool of Object.values(perTool).flat()) await host.must(`mount --bind /dev/null ${tool}`);
  const plain = await inTurn({ find: () => bare.drain([find]), scan }, rounds);
  for (const tool of Object.values(perTool).flat()) await host.must(`umount ${tool}`);
  const all = await inTurn({ tools: () => bare.drain([find, getfacl, getcap]), scan }, rounds);
  row("a  bare find -printf, drained", ms(plain.find));
  row(
    "b  scan and plan",
    ms(plain.scan),
    `${(plain.scan / plain.find).toFixed(2)} a`,
    atMost(plain.scan / plain.find, 1.3),
  );
  row("c  bare find, getfacl -R, getcap -r, drained", ms(all.tools));
  row(
    "d  scan with ACLs and capabilities, and plan",
    ms(all.scan),
    `${(all.scan / all.tools).toFixed(2)} c`,
    atMost(all.scan / all.tools, 1.2),
  );
  bare.close();
}

async function manyAgainstOne(host: LabHost): Promise<void> {
  const one = declaration(host.port, host.connection, manyRules(1));
  const many = declaration(host.port, host.connection, manyRules(200));
  const cpu: number[] = [];
  const times = await inTurn(
    {
      one: () => nothingDiffers(one),
      async many() {
        const { milliseconds, planCpu } = await viewAll(many);
        cpu.push(planCpu);
        return milliseconds;
      },
    },
    rounds,
  );
  const ratio = times.many / times.one;
  row("e  scan and plan with 1 rule", ms(times.one));
  row("f  with 200 rules", ms(times.many), `${ratio.toFixed(2)} e`, atMost(ratio, 1.2));
  const worst = Math.max(...cpu) / 1000;
  row("   plan for 200 rules, CPU, the worst run", `${worst.toFixed(2)} s`, "", atMost(worst, 1));
}

/** Measures a separate process, because the provider runs in one too. */
async function memory(host: LabHost): Promise<void> {
  const declared = JSON.stringify(declaration(host.port, host.connection, manyRules(5)));
  const { stdout } = await timed(process.execPath, [`${__dirname}/provider-part.js`, declared], process.env);
  const peak = Number(JSON.parse(stdout).peak) / 1024;
  row("   provider's memory at its peak", `${Math.round(peak)} MB`, "", atMost(peak, 200));
}

/** Every entry has a wrong owner and a wrong mode, and the daemon may write to every directory. */
async function repairs(): Promise<void> {
  const entries = Math.round(0.105 * large);
  const host = await startHost({ accounts: { www } });
  try {
    makeTree(host, entries);
    await settle(host);
    const declared = declaration(host.port, host.connection, {});
    await convergeAll(declared);
    const bare = await bareClient(host);
    const spoil = `cd ${root} && find . -exec chown -h nobody:nobody {} + && find . -type d -exec chmod 777 {} + && find . -type f -exec chmod 666 {} +`;
    const paths = (type: string) => host.must(`cd ${root} && find . -type ${type} -print0`, { encoding: "latin1" });
    const [files, directories] = [await paths("f"), await paths("d")].map((list) => Buffer.from(list, "latin1"));
    const times = await inTurn(
      {
        async bare() {
          await host.must(spoil);
          return bare.grouped(root, [
            ["chown -h root:www", Buffer.concat([directories ?? Buffer.of(), files ?? Buffer.of()])],
            ["chmod 0640", files ?? Buffer.of()],
            ["chmod 0750", directories ?? Buffer.of()],
          ]);
        },
        async repair() {
          await host.must(spoil);
          return convergeAll(declared);
        },
      },
      rounds,
    );
    const ratio = times.repair / times.bare;
    console.log(`\n${entries.toLocaleString("en-US")} wrong entries repaired, medians of ${rounds} runs in turn`);
    row("g  bare grouped xargs, lists on stdin, one exec", ms(times.bare));
    row("h  look, seal, fix, look, relax", ms(times.repair), `${ratio.toFixed(2)} g`, atMost(ratio, 3));
    bare.close();
  } finally {
    await closeAll();
    await host.close();
  }
}

async function nothingDiffers(declared: Declared): Promise<number> {
  const { milliseconds, differing } = await viewAll(declared);
  if (differing !== 0) throw new Error(`${differing} paths differ`);
  return milliseconds;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
