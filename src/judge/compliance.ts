import { controlsOf, namedByRules } from '../compliance/controls.ts';
import type { Control, Framework } from '../compliance/framework.ts';
import type { Settings } from '../config/settings.ts';
import { groupBy } from '../group-by.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { looksAt, type Rule } from '../rules/rule.ts';
import type {
  ComplianceReport,
  ControlResult,
  ControlStatus,
  FrameworkResult,
  IdleRule,
} from './compliance-report.ts';
import { messageOf } from './locate.ts';
import type { Report } from './report.ts';

/** Why a rule did not look everywhere, in words that follow its id. */
export const whyIdle: Readonly<Record<IdleRule['why'], string>> = {
  off: 'is off',
  'partly-off': 'is off for some files',
  broken: 'broke on an object',
};

/** What a run saw, as far as it is evidence for or against controls. */
export interface Evidence {
  /** Under the profile `strict`, whatever the profile of the run. Findings count in the scope of a change and outside. */
  readonly report: Report;
  readonly objects: readonly LookedAt[];
  readonly idleRules: readonly IdleRule[];
}

/** Objects of one kind that the same rules looked at. */
export interface LookedAt {
  /** `Kind.group`; project files have kinds of their own. */
  readonly kind: string;
  readonly objects: number;
  /** Ids of the rules that are about these objects. */
  readonly rules: ReadonlySet<string>;
}

/** Which objects there are for rules to look at. */
export function lookedAt(
  objects: readonly KubernetesObject[],
  rules: readonly Pick<Rule, 'id' | 'kinds' | 'concerns'>[],
): LookedAt[] {
  return [...groupBy(objects, ({ groupKind }) => groupKind)].flatMap(([kind, ofKind]) => {
    const looking = rules.filter((rule) => looksAt(rule, kind));
    const rulesFor = (object: KubernetesObject) =>
      looking.filter(({ concerns }) => concerns === undefined || concerns(object)).map(({ id }) => id);
    const groups = groupBy(ofKind.map(rulesFor), (ids) => ids.join());
    return Array.from(groups.values(), (same) => ({
      kind,
      objects: same.length,
      rules: new Set(same[0]),
    }));
  });
}

/** What rules say about themselves, as far as controls need it. */
type NamingRule = Pick<Rule, 'id' | 'controls' | 'bundle' | 'messages'>;

/**
 * Decides what the evidence says about every control of the frameworks. A control passes only when a rule looked for it
 * everywhere, at one object or more.
 * @param rules all rules.
 */
export function assess(
  { report, objects, idleRules }: Evidence,
  rules: readonly NamingRule[],
  frameworks: readonly Framework[],
  run: Pick<ComplianceReport, 'date' | 'path' | 'revision'>,
): ComplianceReport {
  const rulesFor = byControl(rules, controlsOfRule);
  const findingsFor = byControl(report.findings, ({ controls }) => controls);
  const idle = new Map(idleRules.map((each) => [each.rule, each]));

  const resultOf = (control: Control, name: string): ControlResult => {
    const looking = rulesFor.get(name) ?? [];
    const looked = looking.filter(({ id }) => !idle.has(id));
    const found = findingsFor.get(name) ?? [];
    const findings = found.filter(({ suppressed }) => suppressed === undefined);
    const waived = found.filter(({ suppressed }) => suppressed !== undefined);
    const seen = objects.filter((each) => looked.some(({ id }) => each.rules.has(id)));
    const lookedAt = Array.from(
      groupBy(seen, ({ kind }) => kind),
      ([kind, same]) => ({ kind, objects: same.reduce((sum, each) => sum + each.objects, 0) }),
    ).sort((a, b) => (a.kind < b.kind ? -1 : 1));
    const status = statusOf(findings.length, waived.length, lookedAt.length, looked.length);
    const idleHere = looking.flatMap(({ id }) => idle.get(id) ?? []);
    return {
      control,
      status,
      ...(status === 'not-assessable' && { reason: reasonOf(control, idleHere) }),
      rules: looked.map(({ id }) => id).sort(),
      idle: idleHere.map(({ rule }) => rule).sort(),
      lookedAt,
      findings,
      waived,
    };
  };
  return {
    tool: report.tool,
    ...run,
    frameworks: frameworks.map((framework): FrameworkResult => {
      const { id, title, source, controls } = framework;
      const results = controls.map((control) => resultOf(control, namedByRules(framework, control)));
      return { id, title, source, controls: results };
    }),
    coverage: report.coverage,
    idleRules,
    notices: report.notices,
  };
}

/**
 * The rules of a run that did not look everywhere, sorted by id.
 * @param ran the rules that were run, and those of them that threw.
 */
export function idleRules(
  rules: readonly Pick<Rule, 'id'>[],
  settings: Pick<Settings, 'rules'>,
  ran: { readonly asked: readonly Pick<Rule, 'id'>[]; readonly broken: readonly Pick<Rule, 'id'>[] },
): IdleRule[] {
  const asked = new Set(ran.asked.map(({ id }) => id));
  const broken = new Set(ran.broken.map(({ id }) => id));
  const why = (id: string): IdleRule['why'] | undefined => {
    const { severity, exclude = [] } = settings.rules.get(id) ?? {};
    if (severity === 'off' || !asked.has(id)) return 'off';
    if (broken.has(id)) return 'broken';
    return exclude.length > 0 ? 'partly-off' : undefined;
  };
  return rules
    .flatMap(({ id }) => {
      const reason = why(id);
      return reason === undefined ? [] : [{ rule: id, why: reason }];
    })
    .sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

function statusOf(open: number, waived: number, kinds: number, rules: number): ControlStatus {
  if (open > 0) return 'findings';
  if (waived > 0) return 'waived';
  if (kinds > 0) return 'passed';
  return rules > 0 ? 'not-applicable' : 'not-assessable';
}

function reasonOf({ notAssessable }: Control, idle: readonly IdleRule[]): string {
  if (notAssessable !== undefined) return `${notAssessable}.`;
  if (idle.length === 0) return 'Git may show something of it, but no rule looks for it.';
  return `Not looked at: ${idle.map(({ rule, why }) => `${rule} ${whyIdle[why]}`).join('; ')}.`;
}

/** All controls that some message of a rule names. */
function controlsOfRule(rule: NamingRule): string[] {
  const { controls, messages, bundle } = rule;
  const ofMessages = Object.keys(messages).flatMap((id) => messageOf(rule, id).controls ?? []);
  return controlsOf(controls, ofMessages, bundle);
}

/** What names each control, in the order given. */
function byControl<T>(items: readonly T[], controls: (item: T) => readonly string[]): Map<string, T[]> {
  const pairs = items.flatMap((item) => controls(item).map((control) => ({ control, item })));
  return new Map(
    Array.from(
      groupBy(pairs, ({ control }) => control),
      ([control, all]) => [control, all.map(({ item }) => item)],
    ),
  );
}
