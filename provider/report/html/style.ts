/** Colours by scheme. Each text colour has a contrast of at least 4.5 to `bg` and `panel` (WCAG 2.2 AA). */
const light =
  "--bg:#fff;--panel:#f5f6f8;--fg:#1c2128;--muted:#555e69;--line:#dde1e6;--accent:#0a58a8;--c0:#b3142b;--c1:#a04000;--c2:#7d5300;--c3:#1a629b;--c4:#555e69;--c5:#6d3fb5;--ok:#1a6b3c";
const dark =
  "--bg:#101317;--panel:#181c22;--fg:#e4e8ec;--muted:#9ba5b0;--line:#2c333c;--accent:#7db8ff;--c0:#ff8f8f;--c1:#f7a466;--c2:#e2c14d;--c3:#86c1f5;--c4:#9ba5b0;--c5:#c6a8ff;--ok:#77cf97";

/** The mark of each outcome and weight, as colours alone tell nothing to many readers; screen readers skip it. */
const marks: readonly (readonly [selector: string, colour: string, mark: string])[] = [
  [".o0", "c0", "✕"],
  [".o1", "c1", "⊘"],
  [".o2", "c5", "∅"],
  [".o3", "c3", "?"],
  [".o4", "c2", "≠"],
  [".o5", "c4", "◌"],
  [".o6", "c4", "–"],
  [".o7", "ok", "✓"],
  [".o8", "ok", "="],
  [".w0", "c0", "◆"],
  [".w1", "c1", "▲"],
  [".w2", "c2", "■"],
  [".w3", "c3", "●"],
  [".w4", "c4", "○"],
];

const base = `
:root{color-scheme:light dark;${light}}
@media(prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0 auto;padding:2.5rem clamp(1rem,3vw,2.5rem) 4rem;max-width:84rem;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;font-weight:650;letter-spacing:-.015em;line-height:1.2;margin:0}
h2{font-size:1.05rem;font-weight:650;margin:2.25rem 0 .6rem}
header p,figcaption,small,td p{color:var(--muted)}
header p{margin:.35rem 0 0}
small{font-size:.82rem}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
header .stop{border-left:4px solid var(--c0);background:var(--panel);color:var(--fg);padding:.7rem 1rem;margin:1.5rem 0 0}
.stop b{color:var(--c0)}
.counts{display:flex;flex-wrap:wrap;gap:.5rem 2rem;list-style:none;padding:0;margin:1.75rem 0 .9rem}
.counts b{display:block;font-size:1.6rem;line-height:1.2;font-weight:600;font-variant-numeric:tabular-nums;color:var(--fg)}
.counts a{color:inherit;text-decoration:none}
.counts a:hover span,nav a:hover{text-decoration:underline}
.bar{display:block;width:100%;height:10px;border-radius:5px}
[class^=o],[class^=w]{color:var(--k)}
[class^=o]::before,[class^=w]::before{display:inline-block;width:1.15em;font-weight:700;font-family:system-ui,sans-serif}
rect,circle{fill:var(--k)}
rect.o4{fill:#b8801f}
rect.o8{fill:color-mix(in srgb,var(--ok) 55%,var(--bg))}
table{width:100%;border-collapse:collapse;font-size:.9rem}
th{position:sticky;top:0;z-index:1;background:var(--bg);box-shadow:inset 0 -1px var(--line);text-align:left;font-weight:600;font-size:.78rem;color:var(--muted);white-space:nowrap;padding:.55rem .9rem .55rem 0}
td{vertical-align:top;border-bottom:1px solid var(--line);padding:.5rem .9rem .5rem 0}
th:last-child,td:last-child{padding-right:0}
td[class^=w],td>[class^=o],.n{white-space:nowrap}
td p{margin:.1rem 0 0;font-size:.84rem}
.p,.c,.d li,.h{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.84rem}
.p{min-width:11rem}
.n{font-variant-numeric:tabular-nums}
.h{width:24%}
del,ins{text-decoration:none;unicode-bidi:isolate}
ins{font-weight:650}
ul{margin:0;padding:0;list-style:none}
.d li{color:var(--fg);padding:.1rem 0 .1rem 1.4em;text-indent:-1.4em}
.d li::before{text-indent:0;width:1.4em;color:var(--k)}
.d{width:48%}
.d del{margin-left:.6em}
.d span,.k span{margin-right:.9em;white-space:nowrap}
.d ul{margin:.4rem 0 .3rem}
summary{cursor:pointer;color:var(--fg);font-family:system-ui,sans-serif;font-size:.9rem}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:2.5rem 0 0;border-bottom:1px solid var(--line)}
nav a{padding:.4rem 0;color:var(--muted);text-decoration:none}
nav a b{font-weight:400;font-size:.82rem;font-variant-numeric:tabular-nums}
nav a[aria-current]{color:var(--fg);font-weight:650;box-shadow:inset 0 -2px var(--accent)}
form{display:flex;align-items:center;gap:.9rem;margin:1rem 0 .25rem;color:var(--muted);font-size:.84rem}
form label{flex:1;max-width:30rem}
input{width:100%;font:inherit;font-size:.95rem;color:var(--fg);background:var(--panel);border:1px solid var(--muted);border-radius:6px;padding:.45rem .7rem}
input::placeholder{color:var(--muted);opacity:1}
kbd{font:inherit;border:1px solid var(--line);border-radius:4px;padding:0 .4em}
th button{all:unset;cursor:pointer}
th button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
th button::after{content:"↕"/"";margin-left:.35em}
th[aria-sort]{color:var(--fg)}
th[aria-sort=ascending] button::after{content:"↑"/""}
th[aria-sort=descending] button::after{content:"↓"/""}
.empty{color:var(--muted)}
figure{margin:1.25rem 0 2rem}
svg{overflow:visible}
svg text{font-size:12px;fill:var(--muted)}
svg line{stroke:var(--line)}
.b{fill:var(--muted)}
footer{margin-top:3rem;color:var(--muted);font-size:.84rem}
.js .view h2{display:none}
@media screen{.off{display:none}}
@media screen and (max-width:700px){
body{padding-top:1.25rem}
.counts{gap:.5rem 1.25rem}
table,tbody,tr,td{display:block}
thead{display:none}
.js .view thead{display:block}
.js thead tr{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:.4rem 0}
th{position:static;box-shadow:none;padding:.2rem 0}
tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
td,td:last-child{border:0;padding:.08rem 0;width:auto;min-width:0}
td:empty{display:none}
kbd,form span{display:none}
}
@media print{
:root{${light}}
body{padding:0;max-width:none;font-size:10pt}
nav,form{display:none!important}
.js .view h2{display:block}
th{position:static}
th button::after{content:none!important}
tr{break-inside:avoid}
details::details-content{content-visibility:visible;display:block;height:auto;overflow:visible}
a{color:inherit;text-decoration:none}
rect,circle,.bar{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;

/** The page's only style sheet. */
export const style = `${marks.map(([selector, colour, mark]) => `${selector}{--k:var(--${colour})}${selector}::before{content:"${mark}"/""}`).join("")}${base}`;
