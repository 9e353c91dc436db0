import { createHash } from 'node:crypto';
import { groupBy } from '../group-by.ts';
import {
  type ComplianceReport,
  type ControlResult,
  type ControlStatus,
  controlStatuses,
  type FrameworkResult,
} from '../judge/compliance-report.ts';
import type { Finding } from '../judge/report.ts';
import {
  allFindings,
  allKinds,
  byRule,
  countsText,
  evidenceText,
  factsOf,
  idleTexts,
  type RuleFindings,
  scopeOfReport,
  statusCounts,
  statusWords,
} from './compliance.ts';
import { complianceStyle } from './compliance-style.ts';
import type { ReportContext } from './context.ts';
import { escapeHtml } from './escape.ts';
import { causes, count, objectName, rulePage } from './words.ts';

type Context = Pick<ReportContext, 'rule' | 'link'>;

/** HTML: everything in it that is not ours is escaped. */
type Html = string;

/**
 * The compliance report as one HTML page that loads nothing, runs nothing and prints on A4. Findings are listed once, by
 * rule; controls link to them.
 */
export function complianceHtml(report: ComplianceReport, context: Context): string {
  const open = allFindings(report, 'findings');
  const waived = allFindings(report, 'waived');
  const hash = createHash('sha256').update(complianceStyle).digest('base64');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Compliance evidence, ${escapeHtml(report.date.slice(0, 10))}</title>
<style>${complianceStyle}</style>
</head>
<body>
<header>
<h1>Compliance evidence</h1>
<dl>${factsOf(report).map(fact).join('')}</dl>
${scopeOfReport.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
</header>
<main>
${overview(report)}
${report.frameworks.map(frameworkSection).join('\n')}
${findingsSection(open, context)}
${waivedSection(waived, context)}
${gapsSection(report, context)}
${kindsSection(report)}
</main>
</body>
</html>
`;
}

function fact([name, value]: readonly [string, string]): Html {
  return `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`;
}

/** A table; cells are HTML. The class says how wide its columns are. */
function table(name: string, columns: readonly string[], rows: readonly (readonly Html[])[]): Html {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<table class="${name}"><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

function badge(status: ControlStatus): Html {
  return `<span class="badge ${status}">${statusWords[status].label}</span>`;
}

function overview({ frameworks }: ComplianceReport): Html {
  const rows = frameworks.map((framework) => [
    `<a href="#${anchor(framework.id)}">${escapeHtml(framework.title)}</a>`,
    bar(framework),
    ...statusCounts(framework).map(({ number }) => `${number}`),
  ]);
  const labels = controlStatuses.map((status) => statusWords[status].label);
  const legend = controlStatuses.map(
    (status) => `<li>${badge(status)} ${escapeHtml(statusWords[status].meaning)}</li>`,
  );
  return `<section>
<h2>Summary</h2>
${table('summary', ['Framework', 'Controls', ...labels], rows)}
<ul class="legend">${legend.join('')}</ul>
</section>`;
}

/** The shares of the statuses among the controls. */
function bar(framework: FrameworkResult): Html {
  const total = Math.max(1, framework.controls.length);
  let x = 0;
  const parts = statusCounts(framework).map(({ status, number }) => {
    const width = (number / total) * 100;
    const part = `<rect class="${status}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="8"/>`;
    x += width;
    return number === 0 ? '' : part;
  });
  const words = escapeHtml(countsText(framework));
  return `<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="${words}">${parts.join('')}</svg>`;
}

function frameworkSection(framework: FrameworkResult): Html {
  const { id, title, source, controls } = framework;
  const assessed = controls.filter(({ status }) => status !== 'not-assessable');
  const others = controls.filter(({ status }) => status === 'not-assessable');
  const sections = Array.from(
    groupBy(assessed, ({ control }) => control.section),
    ([section, results]) =>
      `<h3>${escapeHtml(section)}</h3>\n${table(
        'controls',
        ['Control', 'Status', 'Evidence'],
        results.map((result) => [controlName(result), badge(result.status), evidence(result)]),
      )}`,
  );
  const reasons = Array.from(
    groupBy(others, (result) => evidenceText(result)),
    ([reason, results]) => [escapeHtml(reason), results.map(controlName).join('; ')],
  );
  const rest = table('unassessed', ['Reason', 'Controls'], reasons);
  return `<section class="framework" id="${anchor(id)}">
<h2>${escapeHtml(title)}</h2>
<p class="source">${escapeHtml(source)}. ${count(controls.length, 'control')}: ${escapeHtml(countsText(framework))}.</p>
${bar(framework)}
${sections.join('\n')}
${others.length === 0 ? '' : `<details><summary>${count(others.length, 'control')} not assessed, with the reasons</summary>\n${rest}\n</details>`}
</section>`;
}

function controlName({ control: { id, title } }: ControlResult): Html {
  return `<b>${escapeHtml(id)}</b> ${escapeHtml(title)}`;
}

function evidence(result: ControlResult): Html {
  const { findings, waived } = result;
  return [
    ...(findings.length > 0 ? [`${count(findings.length, 'finding')}: ${ruleLinks(findings, 'rule')}`] : []),
    ...(waived.length > 0 ? [`${waived.length} waived: ${ruleLinks(waived, 'waived')}`] : []),
    ...(evidenceText(result) === '' ? [] : [escapeHtml(evidenceText(result))]),
  ].join('<br>');
}

/** So many rules stand in the open; the others are folded. */
const rulesShown = 6;

function ruleLinks(findings: readonly Finding[], prefix: string): Html {
  const links = byRule(findings).map(
    ({ rule, findings: { length } }) =>
      `<span class="rule"><a href="#${anchor(prefix, rule)}">${escapeHtml(rule)}</a> ${length}</span>`,
  );
  const more = links.slice(rulesShown);
  const shown = links.slice(0, rulesShown).join(', ');
  if (more.length === 0) return shown;
  return `${shown}<details class="more"><summary>and ${count(more.length, 'more rule')}</summary>${more.join(', ')}</details>`;
}

function findingsSection(findings: readonly Finding[], context: Context): Html {
  if (findings.length === 0) return '';
  const rules = byRule(findings).map((group) => {
    const rows = group.findings.map(({ severity, location, object, message }) => [
      `<span class="severity ${severity}">${severity}</span>`,
      place(location, context),
      object === undefined ? '' : escapeHtml(objectName(object)),
      escapeHtml(message),
    ]);
    return folded(
      'rule',
      group,
      context,
      table('findings', ['Severity', 'Place', 'Object', 'Finding'], rows),
    );
  });
  return `<section class="list">
<h2>Findings</h2>
<p>${count(findings.length, 'finding')} of ${count(rules.length, 'rule')}, each listed once, whatever number of controls it stands against.</p>
${rules.join('\n')}
</section>`;
}

function waivedSection(findings: readonly Finding[], context: Context): Html {
  if (findings.length === 0) return '';
  const rules = byRule(findings).map((group) => {
    const rows = group.findings.map(({ location, message, suppressed }) => [
      place(location, context),
      escapeHtml(message),
      escapeHtml(suppressed?.reason ?? ''),
      escapeHtml(suppressed?.owner ?? ''),
      escapeHtml(suppressed?.until ?? ''),
    ]);
    return folded(
      'waived',
      group,
      context,
      table('waived', ['Place', 'Finding', 'Reason', 'Owner', 'Until'], rows),
    );
  });
  return `<section class="list">
<h2>Waived findings</h2>
${rules.join('\n')}
</section>`;
}

/** The findings of a rule behind its name. The anchor lies inside: a link to it unfolds them. */
function folded(
  prefix: string,
  { rule, severity, findings }: RuleFindings,
  context: Context,
  rows: Html,
): Html {
  const info = context.rule(rule);
  const name = `<code>${escapeHtml(rule)}</code>`;
  const remedy =
    info === undefined
      ? ''
      : ` ${escapeHtml(info.why)} <b>Fix:</b> ${escapeHtml(info.remedy)} <a href="${escapeHtml(rulePage(rule))}" rel="noreferrer">More on the rule</a>`;
  return `<details>
<summary><span class="severity ${severity}">${severity}</span> ${name} ${escapeHtml(info?.summary ?? '')} <span class="number">${findings.length}</span></summary>
<p id="${anchor(prefix, rule)}">${remedy}</p>
${rows}
</details>`;
}

function gapsSection(report: ComplianceReport, context: Context): Html {
  const { coverage, notices } = report;
  const { notChecked, unknownKinds } = coverage;
  const idle = idleTexts(report);
  const parts = [
    gap(
      `${count(notChecked.length, 'file')} not checked`,
      ['File', 'Cause', 'Reason'],
      notChecked.map(({ file, cause, reason }) => [
        place({ file }, context),
        escapeHtml(causes[cause]),
        escapeHtml(reason),
      ]),
    ),
    kindsList(
      `${count(unknownKinds.length, 'kind')} without a schema: fields not validated`,
      unknownKinds.map(({ apiVersion, kind, objects }) => ({ kind: `${apiVersion} ${kind}`, objects })),
    ),
    gap(
      `${count(idle.length, 'rule')} did not look everywhere`,
      ['Rule'],
      idle.map((text) => [escapeHtml(text)]),
    ),
    gap(
      count(notices.length, 'notice'),
      ['Place', 'Notice'],
      notices.map(({ file, line, message }) => [
        file === undefined ? '' : place(line === undefined ? { file } : { file, line }, context),
        escapeHtml(message),
      ]),
    ),
  ].filter((part) => part !== '');
  if (parts.length === 0) return '';
  return `<section class="list">\n<h2>What was not looked at</h2>\n${parts.join('\n')}\n</section>`;
}

function gap(title: string, columns: readonly string[], rows: readonly (readonly Html[])[]): Html {
  if (rows.length === 0) return '';
  return `<details><summary>${escapeHtml(title)}</summary>\n${table('gap', columns, rows)}\n</details>`;
}

function kindsSection(report: ComplianceReport): Html {
  const kinds = allKinds(report);
  const list = kindsList(`Objects of ${count(kinds.length, 'kind')}`, kinds);
  return list === '' ? '' : `<section class="list">\n<h2>What was looked at</h2>\n${list}\n</section>`;
}

function kindsList(title: string, kinds: ControlResult['lookedAt']): Html {
  if (kinds.length === 0) return '';
  const items = kinds.map(({ kind, objects }) => `<li>${escapeHtml(kind)} <b>${objects}</b></li>`);
  return `<details><summary>${escapeHtml(title)}</summary>\n<ul class="kinds">${items.join('\n')}</ul>\n</details>`;
}

/** `file:line`, with a link where there is one. */
function place({ file, line }: { readonly file: string; readonly line?: number }, context: Context): Html {
  const text = escapeHtml(line === undefined ? file : `${file}:${line}`);
  const url = context.link?.(file, line);
  return url === undefined
    ? `<code>${text}</code>`
    : `<a href="${escapeHtml(url)}" rel="noreferrer"><code>${text}</code></a>`;
}

/** A name for a place in the page, made of ids. */
function anchor(...ids: readonly string[]): string {
  return escapeHtml(ids.join('-').replace(/[^\w.-]/g, '-'));
}
