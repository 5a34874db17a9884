import { counted, number } from "../model/counted";
import { digestOf } from "../model/digest";
import type { FleetReport } from "./fleet-report-v1";
import { groupDrift } from "./group-drift";
import { groupFindings, groupReasons } from "./group-reasons";
import { durationText, html, htmlText } from "./html/markup";
import { pageScript } from "./html/page/script";
import { style } from "./html/style";
import { driftTable, findingTable, hostTable, reasonTable, ruleTable } from "./html/tables";
import { timeline } from "./html/timeline";
import { waveTable } from "./html/waves";
import { between } from "./instant";
import { nounOf, outcomeCounts, outcomeText, titles } from "./words";

interface View {
  readonly id: string;
  readonly title: string;
  /** Rows; absent for a picture. */
  readonly count?: number;
  readonly body: string;
}

/** A report as one HTML page that loads nothing. It is whole without its script, which no text of a host can join: the page's policy names its hash. */
export function htmlReport(report: FleetReport): string {
  const script = `(${pageScript})()`;
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  const views = viewsOf(report);
  const title = `${titles[report.report]} ${report.name}`;
  return `<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta http-equiv=Content-Security-Policy content="${policy}">
<meta name=viewport content="width=device-width,initial-scale=1">
<meta name=referrer content=no-referrer>
<title>${htmlText(title)}</title>
<style>${style}</style>
</head>
<body>
${header(report)}<main>
${trouble(report)}<nav aria-label="Views of the drift">${views.map(({ id, title: text, count }) => `<a href="#${id}">${text}${count === undefined ? "" : ` <b>${number(count)}</b>`}</a>`).join("")}</nav>
<form role=search hidden><label><input type=search aria-label="Filter the rows" aria-keyshortcuts="/" placeholder="Filter: words, -word, is:drifted" autocomplete=off spellcheck=false></label><span><kbd>/</kbd> to filter</span><output aria-live=polite></output></form>
${views.map(({ id, title: text, body }) => `<section class=view id=${id}><h2>${text}</h2>\n${body}</section>\n`).join("")}</main>
<footer>Made by pulumi-chroot. The page loads nothing, and its only script filters and sorts.</footer>
<script>${script}</script>
</body>
</html>
`;
}

/** The source of a Content Security Policy that allows this text. */
function hashOf(text: string): string {
  return `sha256-${Buffer.from(digestOf(text).sha256, "hex").toString("base64")}`;
}

function header(report: FleetReport): string {
  const { name, started, ended, stopped, hosts } = report;
  const counts = outcomeCounts(hosts);
  const items = counts.map(({ outcome, rank, count }) => {
    const text = `<b>${number(count)}</b><span class=o${rank}>${outcomeText(outcome)}</span>`;
    return `<li><a href="#by-host" data-q="is:${outcome}">${text}</a>`;
  });
  let left = 0;
  const rects = counts.map(({ rank, count }) => {
    const x = (left / hosts.length) * 100;
    left += count;
    return `<rect class=o${rank} x=${x.toFixed(2)}% width=${((count / hosts.length) * 100).toFixed(2)}% height=10 />`;
  });
  const time = `${htmlText(ended.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC"))}, after ${durationText(between(started, ended))}`;
  const stop = stopped === undefined ? "" : `<p class=stop role=note><b>Stopped.</b> ${html(stopped)}</p>`;
  const bar = hosts.length === 0 ? "" : `<svg class=bar aria-hidden=true>${rects.join("")}</svg>`;
  return `<header><h1>${titles[report.report]} ${html(name)}</h1><p>${counted(hosts.length, nounOf(report))}, ${time}</p>${stop}<ul class=counts>${items.join("")}</ul>${bar}</header>\n`;
}

function trouble({ hosts }: FleetReport): string {
  const groups = groupReasons(hosts);
  if (groups.length === 0) return "";
  return `<section id=trouble><h2>Hosts that failed or could not be checked</h2>\n${reasonTable(groups)}</section>\n`;
}

function viewsOf(report: FleetReport): View[] {
  const { hosts, waves } = report;
  const open = hosts.filter(({ outcome }) => outcome !== "repaired");
  const drift = groupDrift(open);
  const findings = groupFindings(open);
  const roots = new Set(hosts.flatMap(({ jails }) => jails.map(({ root }) => root)));
  const picture = timeline(report);
  const rules = new Set(drift.map(({ by, reason }) => JSON.stringify([by, reason]))).size;
  const none = `<p class=empty>No drift was found.</p>\n`;
  const [root] = roots;
  const place = roots.size === 1 && root !== undefined ? `<p class=empty>All paths are in ${html(root)}.</p>\n` : "";
  const views: View[] = [
    {
      id: "by-path",
      title: "Drift by path",
      count: drift.length,
      body: drift.length === 0 ? none : place + driftTable(drift, roots.size === 1),
    },
    {
      id: "by-rule",
      title: "By rule and reason",
      count: rules,
      body:
        drift.length === 0
          ? none
          : ruleTable(
              drift,
              hosts.map(({ name }) => name),
            ),
    },
    { id: "by-finding", title: "Findings", count: findings.length, body: findingTable(findings) },
    waves.length > 0
      ? { id: "by-wave", title: "By wave", count: waves.length, body: picture + waveTable(report) }
      : { id: "by-time", title: "Timeline", body: picture },
    { id: "by-host", title: "By host", count: hosts.length, body: hostTable(hosts, waves.length > 0) },
  ];
  return views.filter(({ id, body }) => body !== "" && (id !== "by-finding" || findings.length > 0));
}
