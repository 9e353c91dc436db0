import { pathMatcher } from '../config/glob.ts';
import { matchesRule } from '../config/rule-pattern.ts';
import type { Settings } from '../config/settings.ts';
import { directoryOf } from '../discover/path.ts';
import { groupBy } from '../group-by.ts';
import { atLeast, type Severity } from '../severity.ts';
import type { Candidate } from './candidate.ts';
import { fingerprint } from './fingerprint.ts';
import { absorb } from './overlap.ts';
import type {
  Coverage,
  Finding,
  Location,
  Notice,
  RelatedLocation,
  Report,
  Scope,
  Suppression,
  Verdict,
} from './report.ts';
import { brokenRule } from './rule-failures.ts';
import { type AnnotatedObject, type CommentedFile, suppress } from './suppress.ts';

/** What a run found, and what it is judged by. */
export interface Case {
  readonly candidates: readonly Candidate[];
  readonly settings: Settings;
  /** Ids of all rules. */
  readonly ruleIds: readonly string[];
  readonly comments: readonly CommentedFile[];
  readonly annotated: readonly AnnotatedObject[];
  readonly coverage: Coverage;
  /** Paths of the files that the change under check touches; undefined when that is not known. */
  readonly changedFiles: ReadonlySet<string> | undefined;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Version of Plimsoll. */
  readonly version: string;
}

/** A candidate that the settings want, with the severity that they give it. */
interface Chosen extends Candidate {
  readonly suppressed: Suppression | undefined;
}

/** Decides which candidates are findings, which of these decide, and whether the gate lets them pass. */
export function judge(input: Case): Report {
  const { candidates, settings, changedFiles } = input;
  const { suppressions, problems, unused } = suppress(candidates, { ...input, ...settings });
  const severityOf = severitiesUnder(settings);
  const chosen: Chosen[] = candidates.flatMap((candidate) => {
    const severity = severityOf(candidate);
    return severity === undefined
      ? []
      : [{ ...candidate, severity, suppressed: suppressions.get(candidate) }];
  });
  const faults = settings.allRules ? chosen : absorb(chosen);

  const notices = [...problems];
  // Under --only, what other rules need cannot be seen.
  if (settings.only === undefined) notices.push(...unused);
  const wanted = settings.scope ?? (changedFiles === undefined ? 'all' : 'changed');
  if (wanted === 'changed' && changedFiles === undefined)
    notices.push({
      message: 'It is not known what the change touches, so the findings of all files decide.',
    });
  const decisive = wanted === 'changed' ? changedFiles : undefined;

  const findings = merge(faults, (candidate) => isNew(candidate, decisive));
  return {
    version: 1,
    tool: { name: 'plimsoll', version: input.version },
    verdict: verdictOn(findings, settings, decisive === undefined ? 'all' : 'changed'),
    findings,
    coverage: input.coverage,
    notices: notices.toSorted(compareNotices),
  };
}

/**
 * Whether the settings want findings of a rule, wherever they are.
 * @returns a test of a rule's id and of whether the profile `recommended` has the message
 */
export function wantedUnder({
  profile,
  rules,
  only,
  allRules,
}: Settings): (rule: string, recommended: boolean) => boolean {
  return (rule, recommended) => {
    if (rule === brokenRule) return true;
    if (only !== undefined) return only.some((pattern) => matchesRule(pattern, rule));
    if (allRules) return true;
    const level = rules.get(rule)?.severity;
    return level !== 'off' && (level !== undefined || profile === 'strict' || recommended);
  };
}

/** The severity of a candidate under the settings; undefined when they do not want it. */
function severitiesUnder(settings: Settings): (candidate: Candidate) => Severity | undefined {
  const { rules, only, allRules } = settings;
  const isWanted = wantedUnder(settings);
  const excluded = new Map([...rules].map(([id, { exclude }]) => [id, pathMatcher(exclude)]));
  return ({ rule, severity, recommended, location }) => {
    if (!isWanted(rule, recommended)) return undefined;
    if (only === undefined && !allRules && excluded.get(rule)?.(location.file)) return undefined;
    const level = rules.get(rule)?.severity;
    return level === undefined || level === 'off' ? severity : level;
  };
}

/** A finding decides when the change touches the file that it is in, or one that it is explained by. */
function isNew(
  { location, related, madeIn }: Candidate,
  changedFiles: ReadonlySet<string> | undefined,
): boolean {
  if (changedFiles === undefined) return true;
  if ([location, ...related].some(({ file }) => changedFiles.has(file))) return true;
  return madeIn !== undefined && [...changedFiles].some((file) => madeIn.has(directoryOf(file)));
}

/** One finding for what several targets and objects have in common, sorted as reports are. */
function merge(candidates: readonly Chosen[], isNew: (candidate: Candidate) => boolean): Finding[] {
  const groups = new Map<string, { first: Chosen; all: Chosen[]; fingerprint: string }>();
  const ordinals = new Map<string, number>();
  for (const candidate of candidates.toSorted(compareCandidates)) {
    const base = fingerprint(candidate, 0);
    const key = placeKey(candidate, base);
    const group = groups.get(key);
    if (group !== undefined) {
      group.all.push(candidate);
      continue;
    }
    const ordinal = ordinals.get(base) ?? 0;
    ordinals.set(base, ordinal + 1);
    const own = ordinal === 0 ? base : fingerprint(candidate, ordinal);
    groups.set(key, { first: candidate, all: [candidate], fingerprint: own });
  }
  return Array.from(groups.values(), ({ first, all, fingerprint }) => {
    const { rule, severity, message, object, location, pointer, suppressed } = first;
    return {
      rule,
      severity,
      message,
      ...(object !== undefined && { object }),
      targets: sortedSet(all.map(({ target }) => target)),
      location,
      related: all.length === 1 ? first.related : relatedOf(first, all),
      pointer,
      state: all.some(isNew) ? 'new' : 'existing',
      fingerprint,
      controls: all.length === 1 ? first.controls : sortedSet(all.flatMap(({ controls }) => controls)),
      ...(all.some(({ sensitive }) => sensitive) && { sensitive: true }),
      // One target in which it is not suppressed is enough to decide.
      ...(suppressed !== undefined && all.every((each) => each.suppressed !== undefined) && { suppressed }),
    };
  });
}

/**
 * The same for candidates that are one finding. In rendered objects that is what one edit mends: a rule's message at the
 * same text of a template, a values file or a base, whichever objects are made from it. Where only the action is known
 * that printed the field, it may have printed others, too.
 */
function placeKey(candidate: Candidate, base: string): string {
  const { rule, messageId, message, location, pointer, place, isText } = candidate;
  const { file, line, column, endLine, endColumn, role, precision } = location;
  // A secret in a values file is seen there, and in all that is made of it.
  if (isText && precision !== 'file' && role !== 'template' && role !== 'helper')
    return JSON.stringify([rule, messageId, file, line, column, endLine, endColumn]);
  if (role === 'literal' || precision === 'file') return `${base} ${line} ${column} ${message}`;
  const field = /\/(\D[^/]*)$/.exec(pointer)?.[1];
  const shared = precision === 'exact' || role === 'values';
  return JSON.stringify([rule, messageId, file, line, column, endLine, endColumn, shared ? field : place]);
}

/** So many other objects are named in a finding. */
const mostOthers = 20;

/** The places that explain the first candidate, and for each other object the one that is its own. */
function relatedOf(first: Candidate, all: readonly Candidate[]): RelatedLocation[] {
  const related = [...first.related];
  const seen = new Set(related.map(spotOf));
  const others = [...groupBy(all, ({ object }) => nameOf(object))].slice(1);
  for (const [name, [other]] of others.slice(0, mostOthers)) {
    if (other === undefined) continue;
    const own = other.related.find((each) => !seen.has(spotOf(each))) ?? other.related[0] ?? other.location;
    seen.add(spotOf(own));
    related.push({ ...own, message: `also in ${name}` });
  }
  const last = related.at(-1);
  if (others.length > mostOthers && last !== undefined)
    related.push({ ...last, message: `and in ${others.length - mostOthers} more objects` });
  return related;
}

function nameOf(object: Candidate['object']): string {
  const namespace = object?.namespace === undefined ? '' : ` in ${object.namespace}`;
  return `${object?.kind} ${object?.name}${namespace}`;
}

function spotOf({ file, line, column }: Location): string {
  return `${line} ${column} ${file}`;
}

function verdictOn(findings: readonly Finding[], { failOn, profile }: Settings, scope: Scope): Verdict {
  const active = findings.filter(({ suppressed }) => suppressed === undefined);
  const fresh = active.filter(({ state }) => state === 'new');
  const bySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0, internal: 0 };
  for (const { severity } of fresh) bySeverity[severity]++;
  return {
    passed: failOn === 'never' || !fresh.some(({ severity }) => atLeast(severity, failOn)),
    failOn,
    scope,
    profile,
    new: fresh.length,
    existing: active.length - fresh.length,
    fixed: 0,
    suppressed: findings.length - active.length,
    bySeverity,
  };
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    compare(a.location.file, b.location.file) ||
    a.location.line - b.location.line ||
    a.location.column - b.location.column ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message) ||
    compare(a.pointer, b.pointer) ||
    compare(a.object?.name ?? '', b.object?.name ?? '') ||
    compare(a.target, b.target)
  );
}

function compareNotices(a: Notice, b: Notice): number {
  return (
    compare(a.file ?? '', b.file ?? '') || (a.line ?? 0) - (b.line ?? 0) || compare(a.message, b.message)
  );
}

/** By UTF-16 units: the same order on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compare);
}
