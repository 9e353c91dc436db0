import { isTestPath } from '../../discover/test-path.ts';
import { applicationSources, argoApplications } from '../../kubernetes/argo-cd.ts';
import { projectKinds } from '../../kubernetes/project-file.ts';
import { isFixedRevision, isMoving, remotesOf } from '../../kubernetes/remote-source.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'supply-chain/remote-base-unpinned',
  severity: 'high',
  kinds: [projectKinds.kustomization, projectKinds.component, ...argoApplications],
  summary: 'Remote source is not pinned to a version',
  why: 'Whoever can write to the remote branch changes what your cluster runs, without a change or a review here.',
  remedy: 'Name a tag or, better, a commit: `?ref=v1.2.3` for Git, a release in the path for a file.',
  controls: ['nist-800-53/r5:SR-3', 'nist-800-53/r5:SR-4', 'nist-800-190:4.1.5'],
  bundle: 'SUPPLY',
  recommended: true,
  since: '0.1.0',
  messages: {
    default:
      'What is fetched from {host} is whatever is on its default branch; add ?ref= with a tag or commit.',
    moving:
      'What is fetched from {host} follows {revision}, which is neither the tag of a version nor a commit.',
    unversioned: {
      text: 'The file that is fetched from {host} names no version, so it may change at any time.',
      severity: 'medium',
    },
    application: {
      text: 'The Application follows {revision} of its repository, not a tag or commit.',
      severity: 'low',
      // Most teams deploy their own repository by its branch.
      recommended: false,
    },
  },
  check({ manifest, report }) {
    if (isTestPath(manifest.file)) return;
    for (const { place, source } of remotesOf(manifest.root)) {
      const { type, host, revision } = source;
      if (revision === undefined) report(place, type === 'git' ? 'default' : 'unversioned', { host });
      else if (type === 'git' ? !isFixedRevision(revision) : isMoving(revision))
        report(place, 'moving', { host, revision });
    }
    for (const source of applicationSources(manifest)) {
      const place = source.at('targetRevision');
      const revision = place.string ?? '';
      const isTemplate = revision.includes('{');
      if (source.at('chart').exists || isTemplate || isFixedRevision(revision)) continue;
      report(place, 'application', { revision: revision === '' ? 'HEAD' : revision });
    }
  },
});
