import { isStandIn } from '../../kubernetes/image-stand-in.ts';
import { imagesOf } from '../../kubernetes/images.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'image/mutable-tag',
  severity: 'high',
  kinds: [...workloads, 'HelmRelease.helm.toolkit.fluxcd.io'],
  summary: 'Image tag can move to another image',
  why: 'A tag such as latest is moved with every build. The same manifest then runs different code from one node and one day to the next, nobody reviewed the change, and a rollback brings nothing back.',
  remedy: 'Name the version as tag, or pin the image by its digest.',
  controls: ['nist-800-190:4.2.2', 'kubescape:C-0075', 'trivy:KSV-0013', 'checkov:CKV_K8S_14'],
  bundle: 'SUPPLY',
  recommended: true,
  since: '0.1.0',
  messages: {
    untagged: 'Image {image} has neither tag nor digest, so latest is pulled.',
    mutable: 'Image {image} is pulled by a tag that can move to another image.',
  },
  check(context) {
    const { manifest, inventory, report } = context;
    for (const { reference, text: image, tagAt, forChart, container } of imagesOf(context)) {
      const { tag, digest } = reference;
      // A chart has a tag of its own when the values name none.
      const canMove = tag === undefined ? !forChart : isMutable(tag);
      if (digest !== undefined || !canMove || isStandIn(reference, manifest, inventory)) continue;
      const about = container === undefined ? {} : { container };
      if (tag === undefined) report(tagAt, 'untagged', { image }, about);
      else report(tagAt, 'mutable', { image }, { ...about, part: tag });
    }
  },
});

/** Tags that are moved by custom. */
const movingTags = new Set([
  'latest',
  'main',
  'master',
  'trunk',
  'head',
  'develop',
  'dev',
  'devel',
  'edge',
  'nightly',
  'canary',
  'rolling',
  'stable',
  'testing',
  'unstable',
  'current',
  'snapshot',
]);

/** `stable-alpine` moves as `stable` does; a number in `main-4f2c1a9` or `nightly-20260131` says that it stays. */
function isMutable(tag: string): boolean {
  const words = tag.toLowerCase().split(/[-_.]/);
  return words.includes('latest') || (movingTags.has(words[0] ?? '') && !/[0-9]/.test(tag));
}
