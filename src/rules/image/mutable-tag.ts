import { type Field, isObject } from '../../kubernetes/field.ts';
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
    mutable: 'Image {image} is pulled by the tag {tag}, which can move to another image.',
  },
  check({ manifest, pod, containers, report }) {
    for (const container of containers) {
      const place = container.field.at('image');
      const found = mutable(place.string ?? '');
      if (found !== undefined) report(place, found.message, found.data, { container });
    }
    for (const volume of pod?.spec.at('volumes').items() ?? []) {
      const place = volume.at('image', 'reference');
      const found = mutable(place.string ?? '');
      if (found !== undefined) report(place, found.message, found.data);
    }
    if (manifest.kind === 'HelmRelease')
      for (const image of imageMaps(manifest.root.at('spec', 'values'))) {
        const [repository, tag] = [image.at('repository').string, image.at('tag').string];
        if (repository !== undefined && tag !== undefined && isMutable(tag) && !image.at('digest').string)
          report(image.at('tag'), 'mutable', { image: `${repository}:${tag}`, tag });
      }
  },
});

/** What is wrong with a reference; nothing is said of one that no runtime would accept, such as a placeholder. */
function mutable(image: string) {
  const { tag, digest } = parseImageReference(image) ?? { digest: 'unknown' };
  if (digest !== undefined) return undefined;
  if (tag === undefined) return { message: 'untagged', data: { image } } as const;
  return isMutable(tag) ? ({ message: 'mutable', data: { image, tag } } as const) : undefined;
}

const movingTags = new Set(
  'latest main master trunk head develop dev devel edge nightly canary rolling stable testing unstable current snapshot'.split(
    ' ',
  ),
);

/** `stable-alpine` moves as `stable` does; a number in `main-4f2c1a9` or `nightly-20260131` says that it stays. */
function isMutable(tag: string): boolean {
  const words = tag.toLowerCase().split(/[-_.]/);
  return words.includes('latest') || (movingTags.has(words[0] ?? '') && !/[0-9]/.test(tag));
}

/** The maps in a chart's values that say an image in parts. */
function imageMaps(values: Field): Field[] {
  const maps: Field[] = [];
  const open = [values];
  for (let field = open.pop(); field !== undefined; field = open.pop()) {
    if (isObject(field.value) && 'repository' in field.value) maps.push(field);
    open.push(...field.properties(), ...field.items());
  }
  return maps;
}
