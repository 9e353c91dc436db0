import { type ForeignTool, foreignLookup, rulesKnownTo } from '../compliance/foreign-rules.ts';
import { append } from '../group-by.ts';
import type { Candidate } from './candidate.ts';
import { endOfBlock, linesAbout } from './comment-lines.ts';
import type { Suppression } from './report.ts';
import type { CommentedFile, SuppressionSources } from './suppress.ts';

/** A waiver that is written for another tool. */
export interface ForeignWaiver {
  readonly tool: ForeignTool;
  /** Names of the tool's checks, or all that it has. */
  readonly checks: readonly string[] | 'all';
  /** Empty when none is given. */
  readonly reason: string;
  /** From this instant on it does not hold, in milliseconds since 1970; NaN when that cannot be read. */
  readonly expires?: number;
}

/** What waivers come to, by rule id. */
type Effect = ReadonlyMap<string, Suppression>;

/**
 * Makes a look-up of the suppression that a candidate has in the words of other tools. A waiver of all checks holds for
 * those rules alone that have a counterpart in the tool: nobody has accepted what it does not look for.
 */
export function foreignSuppressions(
  sources: Pick<SuppressionSources, 'comments' | 'annotated' | 'today'>,
): (candidate: Candidate) => Suppression | undefined {
  const effectOf = effects(sources.today);
  const byFile = new Map(sources.comments.map((file) => [file.file, readComments(file, effectOf)]));
  const byObject = new Map(
    sources.annotated.map(({ annotations }) => [
      annotations,
      effectOf(parseForeignAnnotations(annotations), 'annotation'),
    ]),
  );
  return ({ rule, location, printedAt = [], annotations }) => {
    const around = [location, ...printedAt].flatMap(({ file, line }) => byFile.get(file)?.get(line) ?? []);
    const suppressing =
      around.find((effect) => effect.has(rule)) ?? (annotations && byObject.get(annotations));
    return suppressing?.get(rule);
  };
}

/** By line (1-based), what holds there: for the list item or the key that a comment is about, or for the document. */
function readComments(
  { comments, documents, text }: CommentedFile,
  effectOf: ReturnType<typeof effects>,
): ReadonlyMap<number, readonly Effect[]> {
  const about = linesAbout(comments);
  const byBlock = new Map<number, ForeignWaiver[]>();
  for (const comment of comments) {
    const first = about.get(comment.line) ?? comment.line;
    for (const waiver of parseForeignComment(comment.text)) append(byBlock, first, waiver);
  }

  const lines = text.split('\n');
  const lastOf = new Map(documents.map(({ first, last }) => [first, last]));
  const byLine = new Map<number, Effect[]>();
  for (const [first, waivers] of byBlock) {
    const effect = effectOf(waivers, 'comment');
    const last = lastOf.get(first) ?? endOfBlock(lines, first);
    for (let line = first; line <= last; line++) append(byLine, line, effect);
  }
  return byLine;
}

/** @param today `YYYY-MM-DD`. */
function effects(today: string) {
  const rulesCalled = foreignLookup();
  return (waivers: readonly ForeignWaiver[], by: 'comment' | 'annotation'): Effect => {
    const effect = new Map<string, Suppression>();
    for (const { tool, checks, reason, expires } of waivers) {
      const until = expires === undefined ? undefined : lastDayBefore(expires);
      if (until !== undefined && until < today) continue;
      const suppression: Suppression = {
        by,
        reason: reason === '' ? `by ${tool}'s ${by}` : reason,
        ...(until !== undefined && { until }),
      };
      const rules =
        checks === 'all' ? rulesKnownTo(tool) : checks.flatMap((check) => rulesCalled(check, tool));
      for (const rule of rules) if (!effect.has(rule)) effect.set(rule, suppression);
    }
    return effect;
  };
}

/** The last day that begins before an instant, `YYYY-MM-DD`; empty when there is no such instant. */
function lastDayBefore(instant: number): string {
  const date = new Date(instant - 1);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

/** Whether a file may have comments that {@link parseForeignComment} reads. */
export function mayHaveForeignComments(text: string): boolean {
  return /trivy:ignore:|(?:checkov|bridgecrew|cortex):skip=/.test(text);
}

/**
 * What a comment waives in the words of Trivy (`# trivy:ignore:KSV-0017`, also with `:exp:2027-03-31`, and several of
 * them) or of checkov (`# checkov:skip=CKV_K8S_16:reason`). Sources: aquasecurity/trivy dc3c56e, pkg/iac/ignore;
 * bridgecrewio/checkov 03d5fda, checkov/common/comment/enum.py.
 */
export function parseForeignComment(text: string): ForeignWaiver[] {
  const [, skipped, why = ''] =
    /(?:checkov|bridgecrew|cortex):skip= *([\w-]+(?:,[\w-]+)*)(?::(.*))?/s.exec(text) ?? [];
  if (skipped !== undefined)
    return [{ tool: 'checkov', checks: skipped.split(','), reason: why.trim().replace(/^"(.*)"$/s, '$1') }];

  const words = text.split(/\s+/).map((word) => word.replace(/^[#/*]+/, ''));
  const reason = words.filter((word) => !word.startsWith('trivy:')).join(' ');
  return words.flatMap((word): ForeignWaiver[] => {
    const [, check, expiry] = /^trivy:ignore:([^:[]+)(?:\[[^\]]*\])?(?::exp:(.*))?$/.exec(word) ?? [];
    if (check === undefined) return [];
    const checks = check === '*' ? 'all' : [check];
    return [{ tool: 'trivy', checks, reason: reason.trim(), ...expiring(expiry) }];
  });
}

/** Whether {@link parseForeignAnnotations} may read an annotation of this name. */
export function isForeignAnnotation(name: string): boolean {
  return foreignAnnotation.test(name);
}

const foreignAnnotation =
  /^(?:ignore-check\.)?kube-linter\.io\/|^polaris\.fairwinds\.com\/|^kube-score\/|\.io\/skip/;

/**
 * What annotations of an object waive in the words of kube-linter, polaris, checkov, kube-score and kubescape. Sources:
 * stackrox/kube-linter 35de568, pkg/ignore; FairwindsOps/polaris c0e23a2, pkg/validator/schema.go; bridgecrewio/checkov
 * 03d5fda, checkov/kubernetes/kubernetes_utils.py; zegl/kube-score 06dedc9, scorecard/enabled.go; kubescape/kubescape
 * 8554683, core/pkg/opaprocessor/processorhandlerutils.go.
 */
export function parseForeignAnnotations(annotations: Readonly<Record<string, unknown>>): ForeignWaiver[] {
  return [
    ...Object.entries(annotations).flatMap(([name, value]) => parseForeignAnnotation(name, textOf(value))),
    kubeScore(annotations),
    kubescape(annotations),
  ];
}

function parseForeignAnnotation(name: string, value: string): ForeignWaiver[] {
  if (name === 'kube-linter.io/ignore-all') return [{ tool: 'kube-linter', checks: 'all', reason: value }];
  const [, lintCheck] = /^ignore-check\.kube-linter\.io\/(.+)$/.exec(name) ?? [];
  if (lintCheck !== undefined) return [{ tool: 'kube-linter', checks: [lintCheck], reason: value }];

  const exemption = /^polaris\.fairwinds\.com\/(?:(.+)-)?exempt$/.exec(name);
  if (exemption !== null && value.toLowerCase() === 'true')
    return [{ tool: 'polaris', checks: exemption[1] === undefined ? 'all' : [exemption[1]], reason: '' }];

  if (!/(?:checkov|bridgecrew|cortex)\.io\/skip/.test(name)) return [];
  const [, check = '', reason = ''] = /^([^=]*)=?(.*)$/s.exec(value) ?? [];
  return [{ tool: 'checkov', checks: [check.trim()], reason: reason.trim() }];
}

function kubeScore(annotations: Readonly<Record<string, unknown>>): ForeignWaiver {
  return { tool: 'kube-score', checks: listOf(annotations['kube-score/ignore']), reason: '' };
}

function kubescape(annotations: Readonly<Record<string, unknown>>): ForeignWaiver {
  const checks = listOf(annotations['kubescape.io/skip-controls']);
  const expiry = textOf(annotations['kubescape.io/skip-expiry']);
  const reason = textOf(annotations['kubescape.io/skip-reason']);
  return { tool: 'kubescape', checks, reason, ...expiring(expiry === '' ? undefined : expiry) };
}

function expiring(expiry: string | undefined): Pick<ForeignWaiver, 'expires'> {
  return expiry === undefined ? {} : { expires: Date.parse(expiry) };
}

function listOf(value: unknown): string[] {
  return textOf(value)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The API server takes text alone; a plain `true` is understood all the same. */
function textOf(value: unknown): string {
  return typeof value === 'string' || value === true ? String(value).trim() : '';
}
