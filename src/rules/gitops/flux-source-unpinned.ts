import { isTestPath } from '../../discover/test-path.ts';
import type { Field } from '../../kubernetes/field.ts';
import {
  bootstrapName,
  hasVariable,
  isOwnSource,
  kustomizationKind,
  patching,
  sourceGroup,
} from '../../kubernetes/flux.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { type Context, defineRule } from '../rule.ts';

type MessageId = 'noReference' | 'branch' | 'latest' | 'latestConfig';

export default defineRule({
  id: 'gitops/flux-source-unpinned',
  severity: 'medium',
  kinds: [`GitRepository.${sourceGroup}`, `OCIRepository.${sourceGroup}`],
  summary: 'Flux follows a source that moves',
  why: 'Whatever is pushed to the branch or tag is in the cluster a moment later, without a change in this repository that somebody could review or revert.',
  remedy: 'Name a tag, a commit or a digest in spec.ref, and let a bot propose newer ones.',
  controls: ['nist-800-53/r5:CM-2', 'nist-800-53/r5:SR-4'],
  bundle: 'CHG',
  recommended: true,
  since: '0.1.0',
  messages: {
    noReference: 'GitRepository {name} has no spec.ref, so Flux follows the branch master.',
    branch: {
      text: 'GitRepository {name} follows the branch {branch}, wherever that goes.',
      // Many own that repository as well.
      recommended: false,
    },
    latest: 'OCIRepository {name} follows the tag latest.',
    latestConfig: {
      text: 'OCIRepository {name}, which a Kustomization applies, follows the tag latest.',
      // What `flux push artifact` publishes is to be followed.
      severity: 'low',
      recommended: false,
    },
  },
  check(context) {
    if (isTestPath(context.manifest.file)) return;
    const { name } = context.manifest;
    if (name === bootstrapName || name === '') return;
    if (context.manifest.kind === 'GitRepository') checkGit(context);
    else checkOci(context);
  },
});

function checkGit({ manifest, inventory, paths, report }: Context<MessageId>): void {
  const { name, root } = manifest;
  const reference = root.at('spec', 'ref');
  if (inventory.repository.derived(patchesGit)) return;
  const user = inventory.repository.derived(usersOf).get(`GitRepository ${name}`);
  const isHere = (path: string) => paths.hasDirectory(path);
  if (user !== undefined && isOwnSource(inventory.repository, user, isHere)) return;
  const pins = ['commit', 'name', 'semver', 'tag'];
  if (pins.some((pin) => reference.at(pin).string)) return;
  const { string: branch } = reference.at('branch');
  if (!branch) report(reference, 'noReference', { name });
  else if (!hasVariable(branch)) report(reference.at('branch'), 'branch', { name, branch });
}

function checkOci({ manifest, inventory, report }: Context<MessageId>): void {
  const { name, root } = manifest;
  const reference = root.at('spec', 'ref');
  if (inventory.repository.derived(patchesOci)) return;
  if (['digest', 'semver'].some((pin) => reference.at(pin).string)) return;
  const { string: tag = 'latest' } = reference.at('tag');
  if (tag !== 'latest') return;
  const isConfig = inventory.repository.derived(usersOf).has(`OCIRepository ${name}`);
  report(reference.at('tag'), isConfig ? 'latestConfig' : 'latest', { name });
}

const patchesGit = patching('GitRepository', 'spec', 'ref');
const patchesOci = patching('OCIRepository', 'spec', 'ref');

/** The spec of one Kustomization for each source, by kind and name of that. */
function usersOf(index: ObjectIndex): ReadonlyMap<string, Field> {
  return new Map(
    index.ofKind(kustomizationKind).map(({ root }) => {
      const spec = root.at('spec');
      const source = spec.at('sourceRef');
      return [`${source.at('kind').string} ${source.at('name').string}`, spec];
    }),
  );
}
