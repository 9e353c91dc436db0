import { isTestPath } from '../../discover/test-path.ts';
import { applicationSpec, argoApplications, isPatchedSet } from '../../kubernetes/argo-cd.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'gitops/argo-default-project',
  severity: 'medium',
  kinds: argoApplications,
  summary: 'Application is in the default project',
  why: 'The AppProject default lets an application come from any repository and put anything into any cluster, also into the namespace of Argo CD itself.',
  remedy:
    'Make an AppProject that names the repositories and destinations of the application, and set spec.project to it.',
  controls: ['nist-800-53/r5:AC-6', 'nist-800-53/r5:CM-5'],
  bundle: 'IAM',
  // An app of apps, and a cluster with one team, may well be in the default project.
  recommended: false,
  since: '0.1.0',
  messages: {
    default: '{kind} {name} is in the project default, which restricts nothing unless somebody changed it.',
  },
  check({ manifest, inventory, report }) {
    if (isTestPath(manifest.file)) return;
    const { kind, name } = manifest;
    const spec = applicationSpec(manifest);
    const project = spec.at('project');
    const isDefault = project.value === 'default' || project.value === '' || !project.exists;
    // Without a spec it is a part of one, as a patch is.
    if (!isDefault || !spec.exists || (!project.exists && isPatchedSet(manifest))) return;
    // Who writes this project down has taken its rights into his own hands.
    const own = inventory.environment
      .ofKind('AppProject.argoproj.io')
      .some((each) => each.name === 'default');
    if (!own) report(project, 'default', { kind, name });
  },
});
