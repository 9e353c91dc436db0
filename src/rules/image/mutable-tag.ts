import type { Field } from '../../kubernetes/field.ts';
import { parseImageReference } from '../../kubernetes/image-reference.ts';
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
  check({ manifest, pod, containers, report }) {
    for (const container of containers) {
      const image = container.field.at('image');
      const problem = problemOf(image.string);
      if (problem !== undefined)
        report(image, problem.message, { image: image.string ?? '' }, { container, ...problem.about });
    }
    for (const volume of pod?.spec.at('volumes').items() ?? []) {
      const image = volume.at('image', 'reference');
      const problem = problemOf(image.string);
      if (problem !== undefined) report(image, problem.message, { image: image.string ?? '' }, problem.about);
    }
    if (manifest.kind !== 'HelmRelease') return;
    for (const map of imageMaps(manifest.root.at('spec', 'values'))) {
      const tag = map.at('tag');
      // A chart has a tag of its own when the values name none.
      if (isMutable(tag.string ?? '') && !map.at('digest').string)
        report(tag, 'mutable', { image: `${map.at('repository').string}:${tag.string}` });
    }
  },
});

/** Nothing is said of a reference that no runtime would accept, such as a placeholder. */
function problemOf(
  image: string | undefined,
): { message: 'untagged' | 'mutable'; about: { part?: string } } | undefined {
  const reference = parseImageReference(image ?? '');
  if (reference === undefined || reference.digest !== undefined) return undefined;
  const { tag } = reference;
  if (tag === undefined) return { message: 'untagged', about: {} };
  return isMutable(tag) ? { message: 'mutable', about: { part: tag } } : undefined;
}

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

/** The maps in a chart's values that say an image in parts. */
function imageMaps(values: Field): Field[] {
  const inner = [...values.properties(), ...values.items()].flatMap(imageMaps);
  return values.at('repository').string ? [values, ...inner] : inner;
}
