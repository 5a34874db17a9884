import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { capabilityNames, parseCapabilities, readCapabilities } from "../../provider/model/capability";
import { type LabRoot, makeRoot } from "../../scripts/lab/root";

const textOf = (given: string) => {
  const parsed = parseCapabilities(given);
  return "text" in parsed ? parsed.text : parsed.problem;
};

describe("a text of capabilities", () => {
  test("is one text for all ways to write it", () => {
    const one = "cap_chown,cap_net_raw=ep";
    for (const text of [
      one,
      "cap_net_raw,cap_chown=pe",
      "cap_chown+ep cap_net_raw+pe",
      "CAP_CHOWN,Cap_Net_Raw=ep",
      "  cap_chown=e cap_chown+p\tcap_net_raw=ep\n",
      "cap_chown,cap_net_raw,cap_kill=ep cap_kill=",
      "cap_chown,cap_net_raw=eip cap_chown,cap_net_raw-i",
      "cap_chown,cap_net_raw=+ep",
      "= cap_chown,cap_net_raw+ep",
    ])
      assert.equal(textOf(text), one, text);
  });

  test("keeps apart what is different", () => {
    const texts = [
      "cap_kill=ep",
      "cap_kill=p",
      "cap_kill=eip",
      "cap_chown=ep",
      "cap_chown,cap_kill=ep",
      "cap_chown=p cap_kill=ep",
      "=ep",
      "",
    ];
    expect(new Set(texts.map((text) => textOf(text === "" ? "=" : text))).size).toBe(texts.length);
  });

  test("has an order of its own where flags differ", () => {
    expect(textOf("cap_kill=ep cap_chown=i")).toBe(textOf("cap_chown=i cap_kill=ep"));
    expect(textOf("cap_kill=ep cap_chown=i")).toBe("cap_chown=i cap_kill=ep");
  });

  test("is empty where there are none", () => {
    for (const text of ["=", "cap_kill=", "all=", "cap_kill=ep cap_kill-ep", "all=ep =", "cap_kill-e"])
      assert.equal(textOf(text), "", text);
  });

  test("that is about all of them needs no names", () => {
    for (const text of ["=ep", "all=ep", "ALL=pe", "all+p all+e"]) assert.equal(textOf(text), "=ep", text);
    expect(textOf("=ep cap_kill-p")).toMatch(/^cap_audit_control,.*=ep cap_kill=e$/);
  });

  test("is refused with the reason where it is none", () => {
    for (const text of [
      "net_raw=ep",
      "cap_kill",
      "cap_kill ep",
      "cap_kill=xyz",
      "cap_kill,=ep",
      "cap_kill = ep",
      "cap_kill=ep;",
      "cap_kill=ep\0",
    ])
      assert.match(textOf(text), /is not a set of capabilities: write "cap_net_bind_service=ep"|is not the name/, text);
    expect(textOf("cap_fly=ep")).toBe('"cap_fly" is not the name of a capability, see capabilities(7)');
  });

  test("that a host prints and that is none equals nothing that is declared", () => {
    expect(readCapabilities("cap_kill+ep")).toBe("cap_kill=ep");
    expect(readCapabilities("cap_future_one=ep")).toBe("cap_future_one=ep");
    expect(readCapabilities("?")).toBe("?");
  });
});

describe("on a real file system", () => {
  let host: LabRoot;
  beforeAll(async () => {
    host = await makeRoot();
  });
  afterAll(() => host.close());

  const names = ["cap_chown", "cap_kill", "cap_net_raw", "cap_net_bind_service", "cap_sys_admin", "cap_bpf"] as const;
  const flags = (isEffective: boolean) =>
    fc.constantFrom(...(isEffective ? ["ep", "pe", "ei", "eip", "pie"] : ["p", "i", "ip"]));
  // A file has one effective flag for all of its capabilities.
  const given = fc.boolean().chain((isEffective) =>
    fc
      .array(fc.tuple(fc.subarray([...names], { minLength: 1 }), fc.constantFrom("=", "+"), flags(isEffective)), {
        minLength: 1,
        maxLength: 3,
      })
      .chain((clauses) =>
        fc.record({
          upper: fc.boolean(),
          removed: fc.option(fc.constantFrom(...names), { nil: undefined }),
          clauses: fc.constant(clauses),
        }),
      )
      .map(({ upper, removed, clauses }) => {
        const texts = clauses.map(([of, op, letters]) => `${upper ? of.join().toUpperCase() : of}${op}${letters}`);
        return [...texts, ...(removed === undefined ? [] : [`${removed}-eip`])].join(" ");
      }),
  );

  test("getcap prints of what setcap has set the same set, for every text", async () => {
    let run = 0;
    const cases = fc.array(given, { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(cases, async (texts) => {
        const folder = `/tmp/caps-${run++}`;
        const lines = texts.map((text, at) => `: >f${at}; setcap '${text}' f${at}; echo "# $(getcap f${at})"`);
        const printed = await host.must(`mkdir ${folder}; cd ${folder}; set -e\n${lines.join("\n")}`);
        const real = printed
          .split("# ")
          .slice(1)
          .map((line) => readCapabilities(line.trim().replace(/^f\d+ ?/, "") || "="));
        expect(real.map((set, at) => `${texts[at]}: ${set}`)).toStrictEqual(
          texts.map((text) => `${text}: ${textOf(text)}`),
        );
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  test("setcap takes our own text for what it is", async () => {
    const texts = ["cap_chown,cap_net_raw=ep", "cap_chown=i cap_kill=ip", "=ep", "cap_audit_control,cap_kill=eip"];
    for (const text of texts) {
      expect(textOf(text)).toBe(text);
      const line = await host.must(`: >/tmp/f; setcap '${text}' /tmp/f; getcap /tmp/f`);
      expect(readCapabilities(line.replace("/tmp/f ", ""))).toBe(text);
    }
  });

  test("the sets of processes are read as capsh reads them, bit by bit and all at once", async () => {
    const sets = [
      ...Array.from({ length: 41 }, (_, bit) => (1n << BigInt(bit)).toString(16)),
      "1ffffffffff",
      "0",
      "a80425fb",
    ];
    const printed = await host.must(sets.map((set) => `capsh --decode=${set}`).join("\n"));
    const real = printed
      .trim()
      .split("\n")
      .map((line) => line.replace(/^.*=/, "").replaceAll("cap_", ""));
    expect(sets.map((set) => capabilityNames(set).join())).toStrictEqual(real);
    expect(capabilityNames("8000000000000000")).toStrictEqual(["63"]);
  });
});
