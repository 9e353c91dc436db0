import {
  type CrdLifecycle,
  crdLifecycleOf,
  definitionsOf,
  mayDeprecate,
  projectNames,
  releasesOf,
  serves,
} from '../../kubernetes/crd-lifecycle.ts';
import type { ObjectIndex, Reach } from '../../kubernetes/inventory.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import type { Manifest } from '../../render/manifest.ts';
import { type Context, defineRule, type Option } from '../rule.ts';

type Id =
  | 'notDefined'
  | 'notDefinedElsewhere'
  | 'deprecatedByDefinition'
  | 'removed'
  | 'removedSomewhen'
  | 'deprecated';

const options = {
  releases: {
    description:
      'Which release of a project runs, by its name as messages have it, such as `{Flux: 2.7.0}`; without it the release is looked up in the repository.',
    schema: {
      type: 'object',
      properties: Object.fromEntries(projectNames.map((name) => [name, { type: 'string' }])),
      additionalProperties: false,
    },
    default: {},
  } satisfies Option<Readonly<Record<string, string>>>,
};

type Check = Context<Id, { readonly releases: Readonly<Record<string, string>> }>;

export default defineRule<Id, typeof options>({
  id: 'api/removed-crd-api',
  severity: 'high',
  kinds: ['*'],
  summary: 'Version of a custom resource is not served',
  why: 'The projects behind custom resources remove old versions of them as Kubernetes does. The API server refuses an object in a version that its definition does not serve, so the sync or the release fails.',
  remedy: 'Move the object to a version that is served, before the controller is upgraded.',
  controls: ['nist-800-53/r5:SA-22', 'nist-800-53/r5:CM-2'],
  bundle: 'VULN',
  recommended: true,
  since: '0.1.0',
  options,
  messages: {
    notDefined:
      '{kind} of {apiVersion} is not served: its CustomResourceDefinition in the repository serves {versions}.',
    notDefinedElsewhere: {
      text: '{kind} of {apiVersion} is not served by any CustomResourceDefinition in the repository, which serve {versions}; none of them is applied with it.',
      severity: 'medium',
    },
    deprecatedByDefinition: {
      text: '{kind} of {apiVersion} is deprecated by its CustomResourceDefinition in the repository.',
      severity: 'low',
      recommended: false,
    },
    removed:
      '{kind} of {apiVersion} is not served by {project} {release}: {removed} removed it; use {replacement}.',
    removedSomewhen: {
      text: '{kind} of {apiVersion} is not served any more since {project} {removed}; use {replacement}. Which release runs in its cluster was not found in the repository.',
      severity: 'medium',
    },
    deprecated: {
      text: '{kind} of {apiVersion} is deprecated in {project}; use {replacement}.',
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    const { manifest, inventory } = context;
    const isDefined = inventory.repository.derived(definitionsOf<Manifest>).has(manifest.groupKind);
    const lifecycle = isDefined ? undefined : crdLifecycleOf(manifest);
    if (!(isDefined || lifecycle) || isTestTarget(manifest.target)) return;
    if (isDefined) checkDefinition(context);
    else if (lifecycle) checkRelease(context, lifecycle);
  },
});

/** Asks the nearest definition of the kind. */
function checkDefinition({ manifest, inventory, report }: Check): void {
  const { kind, apiVersion, version, groupKind } = manifest;
  const { reach, found } = nearest(inventory, definitionsOf<Manifest>, groupKind);
  const place = manifest.root.at('apiVersion');
  const served = found.flatMap(({ versions }) => versions.filter((each) => each.served));
  const own = served.filter(({ name }) => name === version);
  if (own.length === 0) {
    const names = [...new Set(served.map(({ name }) => name))].sort().join(', ') || 'none';
    const id = reach === 'repository' ? 'notDefinedElsewhere' : 'notDefined';
    report(place, id, { kind, apiVersion, versions: names });
  } else if (own.every(({ deprecated }) => deprecated))
    report(place, 'deprecatedByDefinition', { kind, apiVersion });
}

/** Of what a table has for a key, that of the target; when there is none, that of the environment; else all. */
function nearest<V extends { readonly object: Manifest }>(
  { target, environment, repository }: Check['inventory'],
  table: (index: ObjectIndex<Manifest>) => ReadonlyMap<string, readonly V[]>,
  key: string,
): { readonly reach: Reach; readonly found: readonly V[] } {
  // What the repository does not have, no part of it has.
  const all = repository.derived(table).get(key);
  if (all === undefined) return { reach: 'repository', found: [] };
  const inTarget = target.derived(table).get(key);
  if (inTarget !== undefined) return { reach: 'target', found: inTarget };
  const around = all.filter(({ object }) => environment.has(object));
  return around.length > 0 ? { reach: 'environment', found: around } : { reach: 'repository', found: all };
}

function checkRelease({ manifest, inventory, options, report }: Check, lifecycle: CrdLifecycle): void {
  const { kind, apiVersion } = manifest;
  const { project, removed, deprecated, replacement } = lifecycle;
  const place = manifest.root.at('apiVersion');
  const data = { kind, apiVersion, project, replacement };
  const configured = options.releases[project];
  const { reach, found } = nearest(inventory, releasesOf<Manifest>, project);
  const running = configured === undefined ? found : [{ version: configured, isChart: false }];
  const states = running.map((release) => serves(release, lifecycle));
  const isSure = configured !== undefined || (found.length > 0 && reach !== 'repository');
  if (removed !== undefined && isSure && states.every((state) => state === false)) {
    const [first] = configured === undefined ? found : [];
    const related =
      first === undefined
        ? []
        : [{ manifest: first.object, place: first.place, message: 'the release that runs' }];
    report(place, 'removed', { ...data, removed, release: running[0]?.version ?? '' }, { related });
  } else if (removed !== undefined && (states.length === 0 || states.some((state) => state !== true)))
    report(place, 'removedSomewhen', { ...data, removed });
  else if (deprecated !== undefined && running.every((release) => mayDeprecate(release, lifecycle)))
    report(place, 'deprecated', data);
}
