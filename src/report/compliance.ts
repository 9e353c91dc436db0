import { groupBy } from '../group-by.ts';
import { whyIdle } from '../judge/compliance.ts';
import {
  type ComplianceReport,
  type ControlResult,
  type ControlStatus,
  controlStatuses,
  type FrameworkResult,
} from '../judge/compliance-report.ts';
import type { Finding } from '../judge/report.ts';
import { compareSeverity, type Severity } from '../severity.ts';
import { count } from './words.ts';

/** What the compliance reports for people have in common. Texts are unescaped. */

/** What a report is and what it is not: it stands at the top of each. */
export const scopeOfReport: readonly string[] = [
  'This report is evidence about the desired state: what Kubernetes manifests in Git say on the day and at the revision named here. It supports controls; whether a control is met is for people to judge.',
  'It does not see running clusters, what people do, or anything else outside the repository. A control that passed is one that rules looked for and found nothing against, in the objects that are counted.',
];

/** How a status is called, and what it means. */
export const statusWords: Readonly<
  Record<ControlStatus, { readonly label: string; readonly meaning: string }>
> = {
  findings: { label: 'Findings', meaning: 'Open findings stand against the control.' },
  waived: { label: 'Waived', meaning: 'Findings stand against it; all of them are waived, with a reason.' },
  passed: {
    label: 'Passed',
    meaning: 'Rules looked at objects and found nothing against the control, which supports it.',
  },
  'not-applicable': {
    label: 'Not applicable',
    meaning: 'Rules look for it, but no object that they are about is there.',
  },
  'not-assessable': {
    label: 'Not assessed',
    meaning: 'Git cannot show it, no rule looks for it, or the rules that do were off. The reason is given.',
  },
};

/** How many controls of a framework have each status, in the order of {@link controlStatuses}. */
export function statusCounts({ controls }: FrameworkResult): { status: ControlStatus; number: number }[] {
  return controlStatuses.map((status) => ({
    status,
    number: controls.filter((result) => result.status === status).length,
  }));
}

/** `3 with findings, 12 passed`: the counts of a framework that are not 0. */
export function countsText(framework: FrameworkResult): string {
  return statusCounts(framework)
    .filter(({ number }) => number > 0)
    .map(
      ({ status, number }) =>
        `${number} ${status === 'findings' ? 'with ' : ''}${statusWords[status].label.toLowerCase()}`,
    )
    .join(', ');
}

/** What was looked at, and with what: names and values. */
export function factsOf(report: ComplianceReport): [name: string, value: string][] {
  const { tool, date, path, revision, coverage } = report;
  const { total, checked, notKubernetes, excluded, failed } = coverage.files;
  const files = [
    `${checked} checked`,
    `${notKubernetes} without Kubernetes objects`,
    `${excluded} excluded`,
    `${failed} could not be checked`,
  ];
  return [
    ['Made by', `Plimsoll ${tool.version}`],
    ['Date', date.slice(0, 10)],
    ['Path', path === '.' ? 'the whole repository' : path],
    ['Git revision', revision ?? 'not known'],
    ['Objects', `${count(coverage.objects, 'object')} of ${count(coverage.targets, 'target')}`],
    ['Files', `${total}: ${files.join(', ')}`],
  ];
}

/** One sentence for each rule that did not look everywhere. */
export function idleTexts({ idleRules }: Pick<ComplianceReport, 'idleRules'>): string[] {
  return idleRules.map(({ rule, why }) => `${rule} ${whyIdle[why]}.`);
}

/** Some kinds that were looked at are named, the most frequent ones; all are in the table of what was looked at. */
const kindsNamed = 5;

/** Why a control has its status, in sentences; what `findings` says is left to the surface. */
export function evidenceText(result: ControlResult): string {
  const { status, reason, rules, idle, lookedAt } = result;
  const absent = idle.length === 0 ? '' : ` Not by ${idle.join(', ')}, see what did not look.`;
  switch (status) {
    case 'not-assessable':
      return reason ?? '';
    case 'not-applicable':
      return `${count(rules.length, 'rule')} would look for it, but no object to look at is there.${absent}`;
    case 'passed': {
      const objects = lookedAt.reduce((sum, each) => sum + each.objects, 0);
      return `Supported: ${rulesText(rules)} looked at ${count(objects, 'object')} (${kindsText(result)}) and found nothing against it.${absent}`;
    }
    default:
      return '';
  }
}

/** So many rules are named, when there are more. */
const rulesNamed = 3;

function rulesText(rules: readonly string[]): string {
  const more = rules.length - rulesNamed;
  return more > 0
    ? `${rules.slice(0, rulesNamed).join(', ')} and ${count(more, 'more rule')}`
    : rules.join(', ');
}

function kindsText({ lookedAt }: ControlResult): string {
  const byKind = groupBy(lookedAt, ({ kind }) => kind.replace(/\..*/, ''));
  const kinds = Array.from(byKind, ([kind, same]) => ({
    kind,
    objects: same.reduce((sum, each) => sum + each.objects, 0),
  })).sort((a, b) => b.objects - a.objects);
  const named = kinds.slice(0, kindsNamed).map(({ kind, objects }) => `${objects} ${kind}`);
  const more = kinds.length - named.length;
  return [...named, ...(more > 0 ? [`${count(more, 'more kind')}`] : [])].join(', ');
}

/** The findings of one rule. */
export interface RuleFindings {
  readonly rule: string;
  /** The worst of its findings. */
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

/** Groups findings by rule: the worst first, then those with most findings. */
export function byRule(findings: readonly Finding[]): RuleFindings[] {
  return [...groupBy(findings, ({ rule }) => rule)]
    .map(([rule, all]) => ({ rule, severity: worst(all), findings: all }))
    .sort(
      (a, b) =>
        compareSeverity(a.severity, b.severity) ||
        b.findings.length - a.findings.length ||
        (a.rule < b.rule ? -1 : 1),
    );
}

/** The severity of the worst of one or more findings. */
export function worst(findings: readonly Finding[]): Severity {
  const [first = 'info'] = findings.map(({ severity }) => severity).sort(compareSeverity);
  return first;
}

/** All findings that stand against a control of the report, each once, by file, line and column. */
export function allFindings(report: ComplianceReport, which: 'findings' | 'waived'): Finding[] {
  const controls = report.frameworks.flatMap((framework) => framework.controls);
  const all = new Map(
    controls.flatMap((result) => result[which].map((finding) => [finding.fingerprint, finding])),
  );
  return [...all.values()].sort(
    ({ location: a }, { location: b }) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

/** All kinds that rules looked at, sorted, with the number of objects. */
export function allKinds(report: ComplianceReport): ControlResult['lookedAt'] {
  const looked = report.frameworks.flatMap(({ controls }) => controls.flatMap(({ lookedAt }) => lookedAt));
  return [...new Map(looked.map((each) => [each.kind, each])).values()].sort((a, b) =>
    a.kind < b.kind ? -1 : 1,
  );
}
