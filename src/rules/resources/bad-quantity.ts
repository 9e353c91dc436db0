import { type Field, isObject } from '../../kubernetes/field.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type Context, defineRule, workloads } from '../rule.ts';

type Check = Context<
  'aboveLimit' | 'thousandths' | 'tiny' | 'cores' | 'ratio',
  { readonly maxRatio: MaxRatio }
>;

/** By resource, how many times its request a limit may be. */
type MaxRatio = Readonly<Record<string, number>>;

export default defineRule({
  id: 'resources/bad-quantity',
  severity: 'high',
  kinds: [
    ...workloads,
    'PersistentVolumeClaim',
    'ResourceQuota',
    'LimitRange',
    'HorizontalPodAutoscaler.autoscaling',
  ],
  summary: 'Amount of a resource cannot be meant',
  why: 'The API server rejects a request above its limit. A slip in a unit, such as 512m for 512Mi of memory, is accepted, and then the container is never placed or is killed when it starts.',
  remedy:
    'Write memory and storage with Mi or Gi, CPU with m or in whole cores, and no request above its limit.',
  controls: ['nist-800-53/r5:SC-6', 'nist-800-53/r5:CM-6'],
  bundle: 'AVAIL',
  recommended: true,
  since: '0.1.0',
  options: {
    maxRatio: {
      description: 'How many times its request the limit of a resource may be, by `cpu` and `memory`.',
      schema: {
        type: 'object',
        properties: { cpu: { type: 'number', minimum: 1 }, memory: { type: 'number', minimum: 1 } },
        additionalProperties: false,
      },
      default: {} as MaxRatio,
    },
  },
  messages: {
    aboveLimit: '{owner} requests {request} of {resource}, more than its limit of {limit}.',
    thousandths:
      '{owner} has {value} of {resource}, which is thousandths of a byte; m is no unit for megabytes.',
    tiny: '{owner} has {value} of {resource}, which is less than a mebibyte; a unit such as Mi is missing.',
    cores: {
      text: '{owner} has {value} whole cores of CPU; for thousandths of a core the unit m is missing.',
      severity: 'medium',
    },
    ratio: {
      text: 'The limit of {limit} of {resource} of {owner} is more than {ratio} times its request of {request}.',
      severity: 'medium',
    },
  },
  check(context) {
    const { manifest, pod, containers } = context;
    const { kind, name, root } = manifest;
    for (const container of containers) {
      checkResources(context, container.field.at('resources'), `Container ${container.name}`, container);
    }
    if (pod !== undefined) {
      checkResources(context, pod.spec.at('resources'), 'The pod');
      for (const volume of pod.spec.at('volumes').items()) checkVolume(context, volume);
    }
    const spec = root.at('spec');
    for (const claim of spec.at('volumeClaimTemplates').items())
      checkResources(context, claim.at('spec', 'resources'), `Claim ${claim.at('metadata', 'name').string}`);
    if (kind === 'PersistentVolumeClaim') checkResources(context, spec.at('resources'), `Claim ${name}`);
    if (kind === 'ResourceQuota') checkSizes(context, spec.at('hard'), `Quota ${name}`);
    if (kind === 'LimitRange')
      for (const limit of spec.at('limits').items()) checkRange(context, limit, `LimitRange ${name}`);
    if (kind === 'HorizontalPodAutoscaler')
      for (const metric of spec.at('metrics').items()) {
        const resource = metric.at('resource');
        const name = resource.at('name').string ?? '';
        checkSize(context, name, resource.at('target'), 'averageValue', 'The autoscaler');
      }
  },
});

function checkVolume(context: Check, volume: Field): void {
  const { emptyDir, ephemeral } = isObject(volume.value) ? volume.value : {};
  if (!isObject(emptyDir) && !isObject(ephemeral)) return;
  const owner = `Volume ${volume.at('name').string}`;
  checkSize(context, 'storage', volume.at('emptyDir'), 'sizeLimit', owner);
  checkResources(context, volume.at('ephemeral', 'volumeClaimTemplate', 'spec', 'resources'), owner);
}

function checkResources(context: Check, resources: Field, owner: string, container?: Container): void {
  if (!isObject(resources.value)) return;
  const [requests, limits] = [resources.at('requests'), resources.at('limits')];
  checkPair(context, requests, limits, owner, container);
  for (const list of [requests, limits]) checkSizes(context, list, owner, container);
}

function checkRange(context: Check, limit: Field, owner: string): void {
  checkPair(context, limit.at('defaultRequest'), limit.at('default'), owner);
  checkPair(context, limit.at('min'), limit.at('max'), owner);
  for (const key of ['defaultRequest', 'default', 'max', 'min']) checkSizes(context, limit.at(key), owner);
}

/** Compares the amounts in two lists. */
function checkPair(
  { options, report }: Check,
  requests: Field,
  limits: Field,
  owner: string,
  container?: Container,
): void {
  if (!isObject(requests.value) || !isObject(limits.value)) return;
  for (const resource of Object.keys(requests.value)) {
    const [request, limit] = [requests.value[resource], limits.value[resource]];
    if (limit === undefined || request === limit) continue;
    const [requested, limited] = [parseQuantity(request), parseQuantity(limit)];
    if (requested === undefined || limited === undefined) continue;
    const data = { owner, resource, request: String(request), limit: String(limit) };
    const about = container === undefined ? {} : { container };
    const ratio = options.maxRatio[resource];
    if (requested > limited) report(requests.at(resource), 'aboveLimit', data, about);
    else if (ratio !== undefined && requested > 0n && Number(limited) > ratio * Number(requested))
      report(limits.at(resource), 'ratio', { ...data, ratio }, about);
  }
}

function checkSizes(context: Check, list: Field, owner: string, container?: Container): void {
  if (!isObject(list.value)) return;
  const isQuota = context.manifest.kind === 'ResourceQuota';
  // A quota is for many containers.
  for (const resource of Object.keys(list.value))
    if (!isQuota || resource !== 'cpu') checkSize(context, resource, list, resource, owner, container);
}

/** Names of resources that are counted in bytes, those of quotas among them. */
const bytes = /(?:^|[./])(?:memory|storage|ephemeral-storage)$/;
/** What most amounts of bytes look like, none of them tiny. */
const plausible = /^[1-9][0-9]*[MGT]i$/;
/** A mebibyte in billionths of a byte. */
const mebibyte = 2n ** 20n * 10n ** 9n;
/** More cores than all but the largest machines have, in billionths of one. */
const manyCores = 100n * 10n ** 9n;

/** Checks the amount of a resource that stands under a key of a list. */
function checkSize(
  { report }: Check,
  resource: string,
  list: Field,
  key: string,
  owner: string,
  container?: Container,
): void {
  const value = list.valueAt(key);
  const text = String(value);
  const isCpu = resource === 'cpu';
  if (isCpu ? !/^[0-9]+$/.test(text) : plausible.test(text) || !bytes.test(resource)) return;
  const size = parseQuantity(value) ?? 0n;
  if (size <= 0n || (isCpu ? size < manyCores : size >= mebibyte)) return;
  const tiny = text.endsWith('m') ? 'thousandths' : 'tiny';
  const about = container === undefined ? {} : { container };
  report(list.at(key), isCpu ? 'cores' : tiny, { owner, resource, value: text }, about);
}
