import { pathMatcher } from './config/glob.ts';
import type { Settings } from './config/settings.ts';
import type { SourceProblem } from './discover/discover.ts';
import type { FileOutcome } from './discover/outcome.ts';
import type { FileTree } from './files/file-tree.ts';
import { groupBy } from './group-by.ts';
import { buildCandidate, buildNotice, leftOutNotice } from './judge/build-problems.ts';
import { type Evidence, idleRules, lookedAt } from './judge/compliance.ts';
import { judge, wantedUnder } from './judge/judge.ts';
import { Locator } from './judge/locate.ts';
import type { Coverage, Report } from './judge/report.ts';
import { failureCandidates } from './judge/rule-failures.ts';
import { yamlCandidate } from './judge/yaml-problems.ts';
import { ObjectIndex } from './kubernetes/inventory.ts';
import { loadSchemas, type Schemas } from './kubernetes/schema/index.ts';
import type { RenderEngine } from './render/engine/protocol.ts';
import { inventories } from './render/inventories.ts';
import type { Manifest } from './render/manifest.ts';
import { renderManifests } from './render/manifests.ts';
import { contextOf, outcomesOf } from './render/outcomes.ts';
import { projectManifests } from './render/project-files.ts';
import { renderTree, type TreeInput } from './render/render-tree.ts';
import type { RenderedTarget } from './render/rendering.ts';
import type { Rule } from './rules/rule.ts';
import { runRules } from './rules/run.ts';

/** What a run needs to know. */
export interface CheckInput {
  readonly tree: FileTree;
  /** The tree that the change under check starts from, when there is one. */
  readonly base?: FileTree | undefined;
  /** Directory or file of the tree that is checked, `.` for all of it; it may refer to the rest. */
  readonly path?: string;
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  /** Called when there are charts or overlays; who gives it closes it. */
  readonly engine: () => RenderEngine;
  /** Paths that the change under check touches; undefined when that is not known. */
  readonly changedFiles?: ReadonlySet<string> | undefined;
  /** `YYYY-MM-DD`; waivers expire by it. */
  readonly today: string;
  /** Version of Plimsoll, for the report. */
  readonly version: string;
}

/** A report, the source lines that surfaces for people show beside it, and what compliance reports are made from. */
export interface CheckResult {
  readonly report: Report;
  /** What all rules found, whatever profile and scope the run has. */
  evidence(): Evidence;
  /** A line (1-based) of a checked file; undefined when it was not read. */
  sourceLine(file: string, line: number): string | undefined;
}

/** The whole way of the data: files → targets → manifests → what rules say → verdict. */
export async function check(input: CheckInput): Promise<CheckResult> {
  const { tree, base, path = '.', settings, rules, engine, changedFiles, today, version } = input;
  const { kubernetesMinor } = settings;

  const { builds, plain, built, applied } = await renderTree(tree, { settings, path, engine });
  const { files } = builds;
  const rendered = [...applied, ...built];
  const outcomes = outcomesOf(builds, plain, rendered);
  const context = contextOf(builds, outcomes);
  await Promise.all(context.flatMap((target) => target.files.map((file) => files.keep(file))));

  const projectFiles = await projectManifests(builds, plain, rendered);
  const manifests = rendered.flatMap((target) => target.manifests);
  const unchecked = context.flatMap((target) => renderManifests(target, files));
  const schemas = await loadSchemas([...manifests, ...unchecked]);
  const isAsked = wantedUnder(settings);
  const asked = settings.only === undefined ? rules : rules.filter(({ id }) => isAsked(id, true));
  const compared = asked.some(({ looksBack }) => looksBack) ? base : undefined;
  const before =
    compared && (await manifestsBefore(compared, { settings, path, engine, only: changedFiles }));
  const looked = [...manifests, ...projectFiles];
  const { reports, failures } = runRules({
    rules: asked,
    manifests: looked,
    inventoryOf: inventories(rendered, [...unchecked, ...projectFiles]),
    before,
    schemas,
    paths: files,
    kubernetesMinor,
    options: new Map([...settings.rules].map(([id, { options }]) => [id, options])),
  });

  const locator = new Locator(files);
  const comments = locator.commented(settings.importSuppressions);
  const annotated = locator.annotated(manifests, settings.importSuppressions);
  // To tell whether a suppression is needed, what the profile leaves out counts as well.
  const suppressing = comments.length + annotated.length + settings.waivers.length > 0;
  const broken = failureCandidates(failures, locator);
  const yaml = (await explained(plain.problems)).map((problem) => yamlCandidate(problem, locator));
  const unbuilt = built.flatMap((target) => target.problems.map((problem) => ({ target, problem })));
  const build = unbuilt
    .filter(({ problem }) => problem.renderedBy === undefined)
    .map(({ target, problem }) => buildCandidate(target, problem, locator));
  const isExcluded = pathMatcher(settings.exclude);
  const coverage = coverageOf(outcomes, rendered, manifests, schemas);
  const proved = unbuilt.filter(({ problem }) => problem.renderedBy !== undefined);
  const notices = proved.map(({ target, problem }) => buildNotice(target, problem));
  const reportUnder = (chosen: Settings): Report => {
    const isWanted = wantedUnder(chosen);
    const candidates = reports
      .filter((report) => suppressing || isWanted(report.rule.id, locator.isRecommended(report)))
      .map((report) => locator.candidate(report));
    // Charts and overlays may be made of files that the config excludes.
    const inScope = [...yaml, ...build, ...candidates, ...broken].filter(
      ({ location }) => !isExcluded(location.file),
    );
    const report = judge({
      candidates: inScope,
      settings: chosen,
      ruleIds: rules.map(({ id }) => id),
      comments,
      annotated,
      coverage,
      changedFiles,
      today,
      version,
    });
    const unwanted = inScope.filter(({ rule, recommended }) => !isWanted(rule, recommended));
    // Under --only, it is asked for something else.
    const leftOut = chosen.only === undefined ? leftOutNotice(unwanted) : [];
    return { ...report, notices: [...notices, ...leftOut, ...report.notices] };
  };
  return {
    report: reportUnder(settings),
    evidence: () => ({
      report: reportUnder({
        ...settings,
        profile: 'strict',
        scope: 'all',
        only: undefined,
        allRules: false,
      }),
      objects: lookedAt(looked, rules),
      idleRules: idleRules(rules, settings, { asked, broken: failures.map(({ rule }) => rule) }),
    }),
    sourceLine: (file, line) => locator.sourceLine(file, line),
  };
}

/**
 * By target's name, the objects that the base has of it. What the change does not touch is the same, and left out.
 * @param input its `only` names the files that the change touches, when that is known.
 */
async function manifestsBefore(
  base: FileTree,
  input: TreeInput,
): Promise<ReadonlyMap<string, ObjectIndex<Manifest>>> {
  // The config is that of the head.
  const settings = { ...input.settings, targetsMayBeMissing: true };
  const { built, applied } = await renderTree(base, { ...input, settings });
  return new Map(
    [...built, ...applied].map(({ target, manifests }) => [target.name, new ObjectIndex(manifests)]),
  );
}

/** The problems in words for people. */
async function explained(problems: readonly SourceProblem[]): Promise<readonly SourceProblem[]> {
  if (problems.length === 0) return [];
  const { explainSyntax } = await import('./yaml/explain.ts');
  return problems.map(({ source, problem }) => ({ source, problem: explainSyntax(source.text, problem) }));
}

function coverageOf(
  outcomes: readonly FileOutcome[],
  rendered: readonly RenderedTarget[],
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
    targets: rendered.length,
    notChecked: outcomes.filter((outcome) => 'reason' in outcome),
    unknownKinds: byName.flatMap(([first, ...rest]) =>
      first === undefined || schemas.knows(first)
        ? []
        : [{ apiVersion: first.apiVersion, kind: first.kind, objects: 1 + rest.length }],
    ),
  };
}
