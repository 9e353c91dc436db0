import { isTestPath } from '../../discover/test-path.ts';
import { type Generator, generatorsOf, isTemplated } from '../../kubernetes/argo-cd.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'gitops/appset-untrusted-generator',
  severity: 'high',
  kinds: ['ApplicationSet.argoproj.io'],
  summary: 'Outsiders can decide what an ApplicationSet deploys',
  why: 'Generators read pull requests, repositories and files that others may write. Who can open a pull request gets an application; who can choose its project gets the rights of any project, and may take over Argo CD.',
  remedy:
    'Write the project down in the template, and let only pull requests with a label that maintainers give, and only repositories that match a filter, through.',
  controls: ['nist-800-53/r5:AC-6', 'nist-800-53/r5:CM-5', 'ms-m:M9004'],
  bundle: 'CHG',
  recommended: true,
  since: '0.1.0',
  messages: {
    project: 'The project of the applications of {name} is filled in by a {type} generator.',
    projectFromGit: {
      text: 'The project of the applications of {name} is filled in from Git, so whoever may write to that repository chooses it.',
      severity: 'medium',
      recommended: false,
    },
    pullRequests: 'ApplicationSet {name} deploys every pull request, whoever opens it.',
    repositories: {
      text: 'ApplicationSet {name} deploys every repository that the {type} generator finds.',
      severity: 'medium',
      recommended: false,
    },
    missingKey: {
      text: 'A parameter that is missing becomes `<no value>` in the applications of {name}, as goTemplateOptions has no missingkey=error.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    if (isTestPath(manifest.file)) return;
    const { name, root } = manifest;
    const spec = root.at('spec');
    const generators = generatorsOf(root);
    const project = spec.at('template', 'spec', 'project');
    if (isTemplated(project)) {
      const { type } = generators.find((each) => fillsIn(each, project.string ?? '')) ?? {};
      if (type === 'git') report(project, 'projectFromGit', { name });
      else if (type !== undefined) report(project, 'project', { name, type });
    }
    for (const { type, generator } of generators)
      if (type === 'pullRequest' && !isFiltered(generator)) report(generator, 'pullRequests', { name });
      else if (type === 'scmProvider' && !isFiltered(generator))
        report(generator, 'repositories', { name, type });
    const options = spec.at('goTemplateOptions');
    const isStrict = options.items().some(({ value }) => value === 'missingkey=error');
    if (spec.at('goTemplate').value === true && !isStrict) report(options, 'missingKey', { name });
  },
});

/** What the generators of clusters name their parameters; those come from an administrator. */
const ofClusters = /\{\{-?\s*(?:index\s+)?\.?(?:name|nameNormalized|server|project|metadata|values)\b/;

/** Parameters of the Git generator of directories; its files may have any. */
const ofPaths = /\bpath\b/;

/** Parameters of pull requests and of repositories at a host. */
const ofHosts =
  /\{\{-?\s*\.?(?:number|title|branch|branch_slug|branchNormalized|target_branch\w*|head_\w+|author|labels|organization|repository\w*|url|sha|short_sha\w*)\b/;

/** Whether a generator, as far as its parameters' names tell, fills in a text. */
function fillsIn({ type, generator }: Generator, text: string): boolean {
  switch (type) {
    case 'pullRequest':
    case 'scmProvider':
      return ofHosts.test(text);
    case 'git':
      return ofPaths.test(text) || (generator.at('files').exists && !ofClusters.test(text));
    default:
      return false;
  }
}

/** Whether a generator lets only some pull requests or repositories through. */
function isFiltered(generator: Generator['generator']): boolean {
  if (generator.at('filters').items().length > 0) return true;
  return generator
    .properties()
    .some((host) => ['labels', 'topic', 'tagFilters'].some((filter) => isSet(host.at(filter).value)));
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value !== '';
}
