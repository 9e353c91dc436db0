import { isTestPath } from '../../discover/test-path.ts';
import type { Field } from '../../kubernetes/field.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'gitops/appproject-wildcards',
  severity: 'high',
  kinds: ['AppProject.argoproj.io'],
  summary: 'AppProject allows every repository or every destination',
  why: 'An AppProject is what keeps the applications of a team to its own repositories, clusters and namespaces. With wildcards, whoever may create an application in it can deploy anything anywhere, Argo CD included.',
  remedy: 'List the repositories in spec.sourceRepos, and the clusters and namespaces in spec.destinations.',
  controls: ['nist-800-53/r5:AC-6', 'nist-800-53/r5:CM-5', 'nist-800-190:4.3.1', 'owasp-k8s/2025:K02'],
  bundle: 'IAM',
  recommended: true,
  since: '0.1.0',
  messages: {
    everything:
      'AppProject {name} allows applications from every repository in every namespace of every cluster.',
    repositories: {
      text: 'AppProject {name} allows applications from every repository.',
      severity: 'medium',
      recommended: false,
    },
    destinations: {
      text: 'AppProject {name} allows applications in every namespace of every cluster.',
      severity: 'medium',
      recommended: false,
    },
  },
  check({ manifest, report }) {
    if (isTestPath(manifest.file)) return;
    const { name, root } = manifest;
    const repositories = root.at('spec', 'sourceRepos');
    const destinations = root.at('spec', 'destinations');
    const kinds = root.at('spec', 'namespaceResourceWhitelist').items();
    const anyKind = kinds.length === 0 || kinds.some((item) => isEvery(item.at('kind').value));
    const anyRepository = hasDenials(repositories.items())
      ? undefined
      : repositories.items().find(({ value }) => isEvery(value));
    const anywhere = hasDenials(destinations.items().flatMap((item) => item.properties()))
      ? undefined
      : destinations
          .items()
          .find(
            (item) =>
              isEvery(item.at('namespace').value) &&
              (isEvery(item.at('server').value) || isEvery(item.at('name').value)),
          );
    if (anyRepository !== undefined && anywhere !== undefined && anyKind) {
      const related = [{ manifest, place: anyRepository, message: 'every repository is allowed here' }];
      report(anywhere, 'everything', { name }, { related });
    } else {
      if (anyRepository !== undefined) report(anyRepository, 'repositories', { name });
      if (anywhere !== undefined) report(anywhere, 'destinations', { name });
    }
  },
});

/** Argo CD's globs; two stars are for texts with slashes. */
function isEvery(value: unknown): boolean {
  return value === '*' || value === '**';
}

/** Whether some pattern takes something out. */
function hasDenials(patterns: readonly Field[]): boolean {
  return patterns.some(({ string }) => string?.startsWith('!'));
}
