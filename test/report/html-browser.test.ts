import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { htmlReport } from "../../provider/report/html";
import { junitReport } from "../../provider/report/junit";
import { Browser } from "../support/chromium";
import { fleetSample, hostileSample } from "../support/fleet-sample";

const sample = { ...fleetSample({ hosts: 60, report: "rollout", seed: 9 }), stopped: "a gate is closed" };
const folder = mkdtempSync(join(tmpdir(), "report-"));
const page = join(folder, "report.html");
const hostile = join(folder, "hostile.html");
let browser: Browser;

beforeAll(async () => {
  writeFileSync(page, htmlReport(sample));
  writeFileSync(hostile, htmlReport(hostileSample()));
  browser = await Browser.start();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const rows = (view: string) => `[...document.querySelectorAll("#${view} tbody > tr")]`;
const shown = (view: string) => `${rows(view)}.filter((row) => row.getClientRects().length > 0)`;
const visibleViews = `[...document.querySelectorAll("section.view")].filter((view) => view.getClientRects().length > 0).map(({ id }) => id).join()`;
const drifted = sample.hosts.filter(({ outcome }) => outcome === "drifted").length;

/** Texts whose contrast to their background is below 4.5, or 3 where they are large (WCAG 2.2, 1.4.3). */
const faint = `(() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
  const background = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  let count = 0;
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("script, title")) continue;
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    const isInput = element.matches("input");
    if (!hasText && !isInput) continue;
    const style = getComputedStyle(element, isInput ? "::placeholder" : undefined);
    const colour = parse(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
    const [one, other] = [light(colour), light(background(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    count++;
    if (contrast < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) found.push(element.tagName + " " + element.textContent.slice(0, 40) + " " + contrast);
  }
  return { found, count };
})()`;

describe("the page of a report in a browser", () => {
  test("runs its script, and no other", async () => {
    await browser.open(page);
    expect(await browser.evaluate("document.documentElement.className")).toBe("js");
    expect(await browser.evaluate(visibleViews)).toBe("by-path");
    const inject = `const made = document.createElement("script"); made.textContent = "document.title = 1"; document.body.append(made); document.title`;
    expect(await browser.evaluate(inject)).toBe("Rollout of dns");
  });

  test("shows hostile names as they are, and none of them becomes an element", async () => {
    await browser.open(hostile);
    expect(await browser.evaluate("document.title")).toMatch(/^Rollout of <\/script><img/);
    expect(await browser.evaluate(`document.querySelectorAll("img, svg[onload], body > script").length`)).toBe(1);
    const text = await browser.evaluate<string>("document.body.textContent");
    for (const name of ["</script><img src=x", "'\"><svg onload=", "a\\nb\\x0d\\x1b[31m\\x07", "שלום/עולם"])
      expect(text).toContain(name);
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0007\u001b]/);
  });

  test("filters as one types, by words and by outcome, and keeps the filter in its hash", async () => {
    await browser.open(page, "#by-host");
    expect(await browser.evaluate(`${shown("by-host")}.length`)).toBe(60);
    await browser.key("/", "/");
    await browser.type("is:drifted");
    expect(await browser.evaluate(`${shown("by-host")}.length`)).toBe(drifted);
    expect(await browser.evaluate("document.querySelector('output').textContent")).toBe(`${drifted} of 60 rows`);
    expect(await browser.evaluate("location.hash")).toBe("#by-host&q=is%3Adrifted");
    await browser.type(" -ns1");
    const left = sample.hosts.filter(({ outcome, name }) => outcome === "drifted" && !name.startsWith("ns1"));
    expect(await browser.evaluate(`${shown("by-host")}.length`)).toBe(left.length);
    await browser.key("Escape");
    expect(await browser.evaluate(`${shown("by-host")}.length`)).toBe(60);
    expect(await browser.evaluate("location.hash")).toBe("#by-host");
  });

  test("says 1 row, where there is one", async () => {
    const single = join(folder, "single.html");
    writeFileSync(single, htmlReport({ ...sample, hosts: sample.hosts.slice(0, 1) }));
    const status = "document.querySelector('output').textContent";
    await browser.open(single, "#by-host");
    expect(await browser.evaluate(status)).toBe("1 row");
    await browser.open(single, "#by-host&q=nowhere");
    expect(await browser.evaluate(status)).toBe("0 of 1 row");
  });

  test("sorts by each column up, down and as before", async () => {
    await browser.open(page, "#by-host");
    const head = `document.querySelectorAll("#by-host th")[3]`;
    const took = `${rows("by-host")}.map((row) => Number(row.cells[3].dataset.v))`;
    const before = await browser.evaluate<number[]>(took);
    const sorted = [...before].sort((one, other) => one - other);
    await browser.evaluate(`${head}.querySelector("button").focus()`);
    await browser.key("Enter", "\r");
    expect(await browser.evaluate(took)).toStrictEqual(sorted);
    expect(await browser.evaluate(`${head}.ariaSort + location.hash`)).toBe("ascending#by-host&sort=3");
    await browser.key("Enter", "\r");
    expect(await browser.evaluate(took)).toStrictEqual(sorted.reverse());
    expect(await browser.evaluate(`${head}.ariaSort`)).toBe("descending");
    await browser.key("Enter", "\r");
    expect(await browser.evaluate(took)).toStrictEqual(before);
    expect(await browser.evaluate(`${head}.ariaSort`)).toBe(null);
  });

  test("takes its state from the hash of a link", async () => {
    await browser.open(page, "#by-host&q=is%3Adrifted+ns1&sort=0d");
    const names = await browser.evaluate<string[]>(`${shown("by-host")}.map((row) => row.cells[0].textContent)`);
    const wanted = sample.hosts.filter(({ name, outcome }) => outcome === "drifted" && name.includes("ns1"));
    expect(names).toStrictEqual(wanted.map(({ name }) => name).reverse());
    await browser.evaluate(`document.querySelector("nav a").click()`);
    expect(await browser.evaluate(visibleViews)).toBe("by-path");
    await browser.evaluate("history.back()");
    while ((await browser.evaluate(visibleViews)) !== "by-host")
      await new Promise((resolve) => setTimeout(resolve, 10));
    await browser.evaluate(`document.querySelector('.counts a[data-q="is:refused"]').click()`);
    const refused = sample.hosts.filter(({ outcome }) => outcome === "refused").length;
    expect(await browser.evaluate(`${shown("by-host")}.length`)).toBe(refused);
  });

  test("has no text that is hard to read, in light and in dark", async () => {
    for (const scheme of ["light", "dark"] as const) {
      await browser.show(1280, 900, scheme);
      await browser.open(page);
      const { found, count } = await browser.evaluate<{ found: string[]; count: number }>(faint);
      expect([scheme, found]).toStrictEqual([scheme, []]);
      expect(count).toBeGreaterThan(300);
    }
    expect(await browser.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(16, 19, 23)");
  });

  test("fits a phone, whatever the names", async () => {
    await browser.show(360, 740);
    for (const file of [page, hostile])
      for (const view of ["by-path", "by-rule", "by-wave", "by-host"]) {
        await browser.open(file, `#${view}`);
        await browser.evaluate(`for (const one of document.querySelectorAll("details")) one.open = true`);
        expect([view, await browser.evaluate("document.documentElement.scrollWidth")]).toStrictEqual([view, 360]);
      }
  });

  test("is whole in print and without its script", async () => {
    await browser.show(1000, 900);
    await browser.open(page);
    await browser.call("Emulation.setEmulatedMedia", { media: "print", features: [] });
    const all = ["by-path", "by-rule", "by-finding", "by-wave", "by-host"].join();
    expect(await browser.evaluate(visibleViews)).toBe(all);
    const item = `document.querySelector("#by-host details li").getBoundingClientRect().height > 0`;
    expect(await browser.evaluate(`${item} && getComputedStyle(document.querySelector("nav")).display`)).toBe("none");
    await browser.show(1000, 900);
    await browser.call("Emulation.setEmulatedMedia", { media: "", features: [] });
    await browser.call("Emulation.setScriptExecutionDisabled", { value: true });
    await browser.open(page);
    expect(await browser.evaluate(visibleViews)).toBe(all);
    expect(await browser.evaluate("document.querySelector('form').getClientRects().length")).toBe(0);
    await browser.call("Emulation.setScriptExecutionDisabled", { value: false });
  });
});

test("a report as JUnit XML is well-formed, whatever the names", async () => {
  for (const report of [sample, hostileSample(), fleetSample({ hosts: 0 })]) {
    const parsed = `new DOMParser().parseFromString(${JSON.stringify(junitReport(report))}, "text/xml")`;
    expect(await browser.evaluate(`${parsed}.querySelector("parsererror")?.textContent ?? ""`)).toBe("");
    const gates = report.waves.flatMap((wave) => wave.gates).length;
    expect(await browser.evaluate(`${parsed}.querySelectorAll("testcase").length`)).toBe(report.hosts.length + gates);
  }
});
