import { isWithin } from '../../kubernetes/image-reference.ts';
import { imagesOf } from '../../kubernetes/images.ts';
import { defineRule } from '../rule.ts';

/** A list of registries as an option. */
const registries = {
  type: 'array',
  items: { type: 'string', pattern: '^[a-zA-Z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)*$' },
};

export default defineRule({
  id: 'image/registry-not-allowed',
  severity: 'high',
  kinds: ['*'],
  summary: 'Image is from a registry that is not allowed',
  why: 'Anybody can publish an image. Registries of your own, or those you have looked at, are where images are scanned, signed and kept.',
  remedy: 'Pull the image from an allowed registry: copy it there, or use a mirror.',
  controls: [
    'nist-800-190:4.1.5',
    'ms-m:M9005.003',
    'kubescape:C-0001',
    'kubescape:C-0078',
    'trivy:KSV-0125',
  ],
  bundle: 'SUPPLY',
  recommended: true,
  since: '0.1.0',
  options: {
    allow: {
      description:
        'Registries from which images may be pulled, as host or host/path such as ghcr.io/team; all when empty. Docker Hub is docker.io, its official images docker.io/library.',
      schema: registries,
      default: [] as readonly string[],
    },
    deny: {
      description: 'Registries from which no image may be pulled, also when they are within an allowed one.',
      schema: registries,
      default: [] as readonly string[],
    },
  },
  messages: {
    denied: 'Image {image} is from {registry}, which is denied.',
    notAllowed: 'Image {image} is from none of the allowed registries.',
  },
  check(context) {
    const { allow, deny } = context.options;
    if (allow.length === 0 && deny.length === 0) return;
    for (const { name, text: image, nameAt, container } of imagesOf(context)) {
      if (name === undefined) continue;
      const about = container === undefined ? {} : { container };
      const denied = deny.find((path) => isWithin(name, path));
      if (denied !== undefined) context.report(nameAt, 'denied', { image, registry: denied }, about);
      else if (allow.length > 0 && !allow.some((path) => isWithin(name, path)))
        context.report(nameAt, 'notAllowed', { image }, about);
    }
  },
});
