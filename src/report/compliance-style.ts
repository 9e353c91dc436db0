/** The style sheet of the compliance page: light, in the reader's own fonts, and for A4 when it is printed. */
export const complianceStyle = `
:root { color-scheme: light; --line: #d9dde3; --soft: #f5f6f8; --ink: #1d2433; --muted: #5b6473; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 2rem 4rem; max-width: 72rem; background: #fff; color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0 0 1rem; font-size: 2rem; line-height: 1.2; }
h2 { margin: 3rem 0 .5rem; font-size: 1.4rem; line-height: 1.3; }
h3 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0; max-width: 60rem; }
a { color: #1559b7; text-decoration: none; }
a:hover { text-decoration: underline; }
code { font: .88em ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: .75rem 2rem; margin: 0 0 1.25rem; padding: 1rem 1.25rem;
  background: var(--soft); border: 1px solid var(--line); border-radius: 8px; }
dt { color: var(--muted); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th { padding: .4rem .75rem .4rem 0; border-bottom: 2px solid var(--line); color: var(--muted); font-size: .8rem;
  font-weight: 600; text-align: left; vertical-align: bottom; }
td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.controls, .findings, .waived, .unassessed { table-layout: fixed; }
.controls th:nth-child(1) { width: 36%; }
.controls th:nth-child(2) { width: 8.5rem; }
.unassessed th:nth-child(1) { width: 28%; }
.findings th:nth-child(1) { width: 5.5rem; }
.findings th:nth-child(2) { width: 38%; }
.findings th:nth-child(3) { width: 22%; }
.waived th:nth-child(1) { width: 26%; }
.waived th:nth-child(4) { width: 8rem; }
.waived th:nth-child(5) { width: 6.5rem; }
.summary td:nth-child(1) { width: 30%; }
.summary td:nth-child(2) { width: 24%; vertical-align: middle; }
.summary th:nth-child(n+3), .summary td:nth-child(n+3) { text-align: right; font-variant-numeric: tabular-nums; }
.source { color: var(--muted); }
.bar { display: block; width: 100%; height: 10px; border-radius: 5px; }
.framework > .bar { height: 12px; margin: .75rem 0 1rem; border-radius: 6px; }
rect.findings { fill: #c9302c; }
rect.waived { fill: #e3a008; }
rect.passed { fill: #2f8f4e; }
rect.not-applicable { fill: #a9b6c8; }
rect.not-assessable { fill: #e2e6ec; }
.badge { display: inline-block; padding: .05rem .55rem; border: 1px solid; border-radius: 1rem; font-size: .78rem;
  font-weight: 600; white-space: nowrap; }
.badge.findings { background: #fdecea; border-color: #f2b8b5; color: #a12622; }
.badge.waived { background: #fff5db; border-color: #ecd08a; color: #7a5600; }
.badge.passed { background: #e6f4ea; border-color: #a9d8b8; color: #1f6b39; }
.badge.not-applicable { background: #eef1f6; border-color: #c4cedb; color: #44546a; }
.badge.not-assessable { background: #fff; border-color: #d5dae1; color: #5b6473; }
.legend { margin: 1rem 0 0; padding: 0; list-style: none; color: var(--muted); font-size: .85rem; }
.legend li { display: grid; grid-template-columns: 8.5rem 1fr; margin: .25rem 0; }
.legend .badge { justify-self: start; align-self: start; }
.kinds { columns: 3; column-gap: 2rem; padding: 0; list-style: none; font-size: .85rem; }
.kinds li { break-inside: avoid; overflow-wrap: anywhere; }
.severity { display: inline-block; min-width: 4.2rem; font-size: .8rem; font-weight: 600; }
.severity.critical, .severity.high { color: #a12622; }
.severity.medium { color: #7a5600; }
.severity.low, .severity.info, .severity.internal { color: var(--muted); }
.rule { white-space: nowrap; }
details { margin: 1rem 0; border: 1px solid var(--line); border-radius: 8px; }
details > :not(summary) { margin-left: 1rem; margin-right: 1rem; }
details > table { width: calc(100% - 2rem); margin-bottom: .75rem; }
details tr:last-child td { border-bottom: 0; }
summary { padding: .6rem 1rem; cursor: pointer; }
summary code { font-weight: 600; }
.list details { margin: .4rem 0; }
.number { float: right; color: var(--muted); font-variant-numeric: tabular-nums; }
details.more { margin: 0; border: 0; }
details.more summary { padding: 0; color: var(--muted); }
@media screen and (max-width: 50rem) {
  body { padding: 1rem; }
  dl { grid-template-columns: 1fr; }
  .kinds { columns: 1; }
}
@page { size: A4; margin: 16mm 14mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
@media print {
  html { font-size: 12px; }
  body { max-width: none; padding: 0; font-size: 9pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; }
  h2, h3, summary { break-after: avoid; }
  tr, dl, .legend { break-inside: avoid; }
  thead { display: table-header-group; }
  td { padding-top: .3rem; padding-bottom: .3rem; }
  .unassessed tr { break-inside: auto; }
  details { border: 0; margin: .5rem 0; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  details > :not(summary) { margin-left: 0; margin-right: 0; }
  details > table { width: 100%; }
  summary { padding: .4rem 0; list-style: none; }
}
`;
