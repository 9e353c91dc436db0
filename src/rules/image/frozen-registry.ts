import { frozenRegistryOf } from '../../kubernetes/frozen-registry.ts';
import { fullName } from '../../kubernetes/image-reference.ts';
import { imagesOf } from '../../kubernetes/images.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'image/frozen-registry',
  severity: 'high',
  kinds: ['*'],
  summary: 'Image is from a registry that is not updated',
  why: 'Images there get no fixes, and sooner or later they are taken away. A node that has to pull one then cannot start the pod.',
  remedy: 'Pull the image from where its publisher puts it now, or use another one.',
  controls: ['nist-800-53/r5:SA-22', 'nist-800-190:4.2.2', 'kubescape:C-0253'],
  bundle: 'VULN',
  recommended: true,
  since: '0.1.0',
  messages: {
    frozen: 'Image {image} is from {registry}, which gets no updates since {date}.{hint}',
    removed: 'Image {image} is from {registry}, which its publisher removed on {date}.{hint}',
  },
  check(context) {
    for (const { reference, text: image, name, nameAt, container } of imagesOf(context)) {
      const registry = frozenRegistryOf(name ?? fullName(reference), reference.tag);
      if (registry === undefined) continue;
      const { removed, frozen = '', instead } = registry;
      const hint = instead === undefined ? '' : ` Use ${instead} instead.`;
      context.report(
        nameAt,
        removed === undefined ? 'frozen' : 'removed',
        { image, registry: registry.name, date: removed ?? frozen, hint },
        { part: reference.repository, ...(container !== undefined && { container }) },
      );
    }
  },
});
