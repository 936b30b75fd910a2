/** The style sheet of a report: light and dark by what the reader's system prefers, and for paper. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5a6577; --paper: #ffffff; --panel: #f4f6f9; --line: #d5dbe4;
  --good: #1d7a46; --bad: #b3243b; --warn: #8a5a00; --mark: #ffe9a8; --link: #1b5fb4; --away: #c3cad5; --rest: #6b3fa0; --gram: #1c5f8a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a4aebd; --paper: #14181f; --panel: #1d232c; --line: #37404d;
  --good: #5fce90; --bad: #ff8093; --warn: #f0b95a; --mark: #4f4318; --link: #8ab8ff; --away: #4b5565; --rest: #c7a2f5; --gram: #7cc4ee; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
h1 { font-size: 1.9rem; margin: 1.5rem 0 .25rem; } h2 { font-size: 1.4rem; margin: 2.25rem 0 .5rem; } h3 { font-size: 1.1rem; margin: 1.25rem 0 .4rem; } h1, h2, h3 { overflow-wrap: anywhere; }
.outcome { display: inline-block; padding: .05em .5em; border-radius: .3em; color: var(--paper); margin-right: .4em; }
.outcome.pass { background: var(--good); } .outcome.fail { background: var(--bad); } .outcome.inconclusive { background: var(--warn); }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin: .75rem 0; padding: 0; } .facts div { display: flex; gap: .5rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
nav ul, .counts { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: .5rem 0; }
code, pre { font: .85rem/1.45 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
pre, .command { background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; overflow-x: auto; margin: .4rem 0; }
pre.wrapped { white-space: pre-wrap; overflow-wrap: anywhere; } pre mark { background: var(--mark); color: var(--ink); }
.failure { border: 1px solid var(--line); border-left: .4rem solid var(--bad); border-radius: .4rem; padding: .25rem 1.1rem 1rem; margin: 1.25rem 0; }
.warnings { border-left: .4rem solid var(--warn); background: var(--panel); border-radius: .4rem; padding: .5rem 1rem .5rem 2rem; overflow-wrap: anywhere; }
.failure.should { border-left-color: var(--warn); }
blockquote { margin: .4rem 0 .8rem; color: var(--soft); } blockquote p { margin: 0; color: var(--ink); }
.said { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; margin: .5rem 0; } .said dd.actual { color: var(--bad); font-weight: 600; }
.picture { overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; background: var(--paper); }
figcaption { color: var(--soft); font-size: .9rem; }
figure { margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.6rem, 1fr)); gap: .3rem; list-style: none; padding: 0; margin: .3rem 0 .9rem; }
.tiles a, .tiles span { display: block; text-align: center; padding: .15rem; border-radius: .3rem; border: 1px solid var(--line); text-decoration: none; color: var(--ink); font-size: .9rem; }
.green { color: var(--good); } .red { color: var(--bad); font-weight: 600; } .yellow { color: var(--warn); } .grey { color: var(--soft); }
.tiles .red { border-color: var(--bad); background: color-mix(in srgb, var(--bad) 12%, var(--paper)); }
.tiles .yellow { border-color: var(--warn); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); } td a { white-space: nowrap; } td small { overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 600; } caption { text-align: left; color: var(--soft); font-size: .9rem; padding: .2rem 0; } tbody th { white-space: nowrap; } tbody th.group { white-space: normal; overflow-wrap: anywhere; background: var(--panel); padding-top: .55rem; } td span.red, td span.green, td span.yellow, td span.grey { white-space: nowrap; } td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } td small { color: var(--soft); display: block; }
@media screen and (max-width: 48rem) { .scroll table { min-width: 44rem; } .scroll table.numbers { min-width: 0; } .numbers tbody th { white-space: normal; } }
svg { max-width: none; display: block; font: 11px ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
.plot { overflow-x: auto; } svg.chart { width: 100%; min-width: 38rem; max-width: 64rem; height: auto; font: 12px system-ui, "DejaVu Sans", Arial, sans-serif; }
svg text { fill: var(--ink); } svg .tick, svg .time, svg .gap, svg .divider-text { fill: var(--soft); } svg .grid { stroke: var(--line); }
svg .lane { font-weight: 700; font-size: 12.5px; } svg .life { stroke: var(--line); stroke-width: 1.5; } svg .away { fill: var(--away); }
svg .datagram { stroke: var(--gram); stroke-width: 1.6; } svg .rest { stroke: var(--rest); stroke-width: 1.6; } svg .head { stroke: none; }
svg .head.datagram { fill: var(--gram); } svg .head.rest { fill: var(--rest); } svg .lost, svg .unheard, svg .failed { stroke-dasharray: 5 4; }
svg .cross { stroke: var(--bad); stroke-width: 2; fill: none; } svg .mark { fill: var(--mark); } svg .pointer { fill: var(--bad); }
svg .divider { stroke: var(--soft); stroke-dasharray: 2 4; } svg .note { fill: var(--panel); stroke: var(--line); } svg .dot { fill: var(--soft); }
footer { color: var(--soft); padding: 2rem 1.25rem; font-size: .9rem; }
@media print { svg.chart { min-width: 0; } figure { break-inside: avoid; } .picture { overflow: visible; border: none; } .sequence { width: 100%; height: auto; } nav, .skip { display: none; }
  .failure { break-inside: auto; } h2, h3 { break-after: avoid; } pre { white-space: pre-wrap; } tr { break-inside: avoid; } }
`;
