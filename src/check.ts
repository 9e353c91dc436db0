import type { Settings } from './config/settings.ts';
import { type Discovery, discover, type SourceProblem } from './discover/discover.ts';
import type { FileTree } from './files/file-tree.ts';
import { groupBy } from './group-by.ts';
import { type Case, judge, wantedUnder } from './judge/judge.ts';
import { Locator } from './judge/locate.ts';
import type { Coverage, Report } from './judge/report.ts';
import { yamlCandidate } from './judge/yaml-problems.ts';
import { ObjectIndex } from './kubernetes/inventory.ts';
import { loadSchemas, type Schemas } from './kubernetes/schema/index.ts';
import type { Manifest } from './render/manifest.ts';
import { renderManifests } from './render/manifests.ts';
import type { Rule } from './rules/rule.ts';
import { type RuleFailure, runRules } from './rules/run.ts';

/** What a run needs to know. */
export interface CheckInput {
  readonly tree: FileTree;
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  /** Paths that the change under check touches; undefined when that is not known. */
  readonly changedFiles?: ReadonlySet<string> | undefined;
  /** `YYYY-MM-DD`; waivers expire by it. */
  readonly today: string;
  /** Version of Plimsoll, for the report. */
  readonly version: string;
}

/** A report, and the source lines that surfaces for people show beside it. */
export interface CheckResult {
  readonly report: Report;
  /** A line (1-based) of a checked file; undefined when it was not read. */
  sourceLine(file: string, line: number): string | undefined;
}

/** The whole way of the data: files → targets → manifests → what rules say → verdict. */
export async function check(input: CheckInput): Promise<CheckResult> {
  const { tree, settings, rules, changedFiles, today, version } = input;

  const discovery = await discover(tree, settings);
  const { targets, context, sources } = discovery;

  const render = (of: Discovery['targets']) => of.map((target) => renderManifests(target, sources));
  const perTarget = render(targets);
  const manifests = perTarget.flat();
  const everything = [...manifests, ...render(context).flat()];

  const schemas = await loadSchemas(everything);
  const indexes = new Map(targets.map((target, i) => [target, new ObjectIndex(perTarget[i] ?? [])]));
  const repository = new ObjectIndex(everything);
  const isWanted = wantedUnder(settings);
  const { reports, failures } = runRules({
    rules: settings.only === undefined ? rules : rules.filter(({ id }) => isWanted(id, true)),
    manifests,
    repository,
    targetIndex: ({ target }) => indexes.get(target) ?? repository,
    schemas,
    kubernetesMinor: settings.kubernetesMinor,
  });

  const locator = new Locator(sources);
  const comments = locator.commented();
  const annotated = locator.annotated(manifests);
  // To tell whether a suppression is needed, what the profile leaves out counts as well.
  const suppressing = comments.length + annotated.length + settings.waivers.length > 0;
  const candidates = reports
    .filter((report) => suppressing || isWanted(report.rule.id, locator.isRecommended(report)))
    .map((report) => locator.candidate(report));
  const problems = await explained(discovery.problems);
  const judged: Case = {
    candidates: [...problems.map((problem) => yamlCandidate(problem, locator)), ...candidates],
    settings,
    ruleIds: rules.map(({ id }) => id),
    comments,
    annotated,
    coverage: coverageOf(discovery, manifests, schemas),
    changedFiles,
    today,
    version,
  };
  const report = judge(judged);
  return {
    report: { ...report, notices: [...failures.map(failureNotice), ...report.notices] },
    sourceLine: (file, line) => locator.sourceLine(file, line),
  };
}

/** The problems in words for people. */
async function explained(problems: readonly SourceProblem[]): Promise<readonly SourceProblem[]> {
  if (problems.length === 0) return [];
  const { explainSyntax } = await import('./yaml/explain.ts');
  return problems.map(({ source, problem }) => ({ source, problem: explainSyntax(source.text, problem) }));
}

function coverageOf(
  { outcomes, targets }: Discovery,
  manifests: readonly Manifest[],
  schemas: Schemas,
): Coverage {
  const count = (status: string) => outcomes.filter((outcome) => outcome.status === status).length;
  const kinds = groupBy(manifests, ({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  const byName = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, same]) => same);
  return {
    files: {
      total: outcomes.length,
      checked: count('checked'),
      notKubernetes: count('notKubernetes'),
      excluded: count('excluded'),
      failed: count('failed'),
    },
    objects: manifests.length,
    targets: targets.length,
    notChecked: outcomes.filter((outcome) => 'reason' in outcome),
    unknownKinds: byName.flatMap(([first, ...rest]) =>
      first === undefined || schemas.knows(first)
        ? []
        : [{ apiVersion: first.apiVersion, kind: first.kind, objects: 1 + rest.length }],
    ),
  };
}

function failureNotice({ rule, manifest, error }: RuleFailure) {
  const { kind, name } = manifest;
  const cause = error instanceof Error ? error.message : String(error);
  return {
    message: `The rule ${rule.id} broke on ${kind} ${name} and said nothing of it (${cause}). Please report this.`,
  };
}
