import { applicationSources, applicationSpec, argoApplications } from './argo-cd.ts';
import { kustomizationKind, pathInSource } from './flux.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';

// Sources: documentation of Argo CD (sync options, resource hooks), Helm (chart hooks), Flux kustomize-controller and kapp.

/**
 * Whether annotations say that an object is made anew rather than updated, or left alone once it is there, or that it is
 * a Job which is gone by the time of the next one.
 */
export function isMadeAnew({ root, groupKind }: KubernetesObject): boolean {
  const annotations = root.at('metadata', 'annotations');
  const text = (key: string) => annotations.at(key).string ?? '';
  const isHook = ['helm.sh/hook', 'argocd.argoproj.io/hook'].some((key) => annotations.at(key).exists);
  return (
    isHook ||
    replaces(text('argocd.argoproj.io/sync-options').split(',')) ||
    /^enabled$/i.test(text('kustomize.toolkit.fluxcd.io/force')) ||
    /^(?:disabled|IfNotPresent|Ignore)$/i.test(text('kustomize.toolkit.fluxcd.io/reconcile')) ||
    /^(?:IfNotPresent|Ignore)$/i.test(text('kustomize.toolkit.fluxcd.io/ssa')) ||
    /replace|skip/.test(text('kapp.k14s.io/update-strategy')) ||
    (groupKind === 'Job.batch' && root.at('spec', 'ttlSecondsAfterFinished').exists)
  );
}

/** The directories that Flux or Argo CD applies with the replacement of what cannot be updated. To be given to `derived`. */
export function replacedDirectories(index: ObjectIndex): ReadonlySet<string> {
  const flux = index
    .ofKind(kustomizationKind)
    .filter(({ root }) => root.at('spec', 'force').value === true)
    .flatMap(({ root }) => pathInSource(root.at('spec')) ?? []);
  const argo = index
    .ofKind(...argoApplications)
    .filter((application) => {
      const options = applicationSpec(application).at('syncPolicy', 'syncOptions').items();
      return replaces(options.flatMap(({ string }) => string ?? []));
    })
    .flatMap((application) => applicationSources(application).flatMap(pathInSource));
  return new Set([...flux, ...argo].filter((path) => path !== undefined));
}

function replaces(options: readonly string[]): boolean {
  return options.some((option) => /^(?:Replace|Force)=true$/.test(option.trim()));
}
