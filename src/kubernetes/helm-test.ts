import type { KubernetesObject } from './object.ts';

/** Whether an object is applied by `helm test` alone: all events of its hook are tests (Helm, chart tests). */
export function isHelmTest({ root }: KubernetesObject): boolean {
  const events = root.at('metadata', 'annotations', 'helm.sh/hook').string?.split(',') ?? [];
  return events.length > 0 && events.every((event) => /^test(?:-success|-failure)?$/.test(event.trim()));
}
