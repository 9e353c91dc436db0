import type { Field } from '../../kubernetes/field.ts';
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
    const spec = manifest.root.at('spec');
    for (const container of containers) {
      const owner = `Container ${container.name}`;
      checkResources(context, container.field.at('resources'), owner, container);
    }
    if (pod !== undefined) {
      checkResources(context, pod.spec.at('resources'), 'The pod');
      for (const volume of pod.spec.at('volumes').items()) {
        const owner = `Volume ${volume.at('name').string}`;
        checkValue(context, 'storage', volume.at('emptyDir', 'sizeLimit'), owner);
        checkResources(context, volume.at('ephemeral', 'volumeClaimTemplate', 'spec', 'resources'), owner);
      }
    }
    for (const claim of spec.at('volumeClaimTemplates').items())
      checkResources(context, claim.at('spec', 'resources'), `Claim ${claim.at('metadata', 'name').string}`);
    if (manifest.kind === 'PersistentVolumeClaim')
      checkResources(context, spec.at('resources'), `Claim ${manifest.name}`);
    if (manifest.kind === 'ResourceQuota') checkSizes(context, spec.at('hard'), `Quota ${manifest.name}`);
    if (manifest.kind === 'LimitRange')
      for (const limit of spec.at('limits').items())
        checkRange(context, limit, `LimitRange ${manifest.name}`);
    if (manifest.kind === 'HorizontalPodAutoscaler')
      for (const metric of spec.at('metrics').items()) {
        const resource = metric.at('resource');
        const value = resource.at('target', 'averageValue');
        checkValue(context, resource.at('name').string ?? '', value, 'The autoscaler');
      }
  },
});

function checkResources(context: Check, resources: Field, owner: string, container?: Container): void {
  checkPair(context, resources.at('requests'), resources.at('limits'), owner, container);
  for (const each of ['requests', 'limits']) checkSizes(context, resources.at(each), owner, container);
}

function checkRange(context: Check, limit: Field, owner: string): void {
  checkPair(context, limit.at('defaultRequest'), limit.at('default'), owner);
  checkPair(context, limit.at('min'), limit.at('max'), owner);
  for (const each of ['defaultRequest', 'default', 'max', 'min']) checkSizes(context, limit.at(each), owner);
}

function checkPair(
  { options, report }: Check,
  requests: Field,
  limits: Field,
  owner: string,
  container?: Container,
): void {
  const about = container === undefined ? {} : { container };
  for (const place of requests.properties()) {
    const resource = String(place.key);
    const limitAt = limits.at(resource);
    const [request, limit] = [parseQuantity(place.value), parseQuantity(limitAt.value)];
    if (request === undefined || limit === undefined) continue;
    const data = { owner, resource, request: String(place.value), limit: String(limitAt.value) };
    const ratio = options.maxRatio[resource];
    if (request > limit) report(place, 'aboveLimit', data, about);
    else if (ratio !== undefined && request > 0n && Number(limit) > ratio * Number(request))
      report(limitAt, 'ratio', { ...data, ratio }, about);
  }
}

function checkSizes(context: Check, amounts: Field, owner: string, container?: Container): void {
  const isQuota = context.manifest.kind === 'ResourceQuota';
  for (const place of amounts.properties()) {
    const resource = String(place.key);
    // A quota is for many containers.
    if (!isQuota || resource !== 'cpu') checkValue(context, resource, place, owner, container);
  }
}

/** Names of resources that are counted in bytes, those of quotas among them. */
const bytes = /(?:^|[./])(?:memory|storage|ephemeral-storage)$/;
/** A mebibyte in billionths of a byte. */
const mebibyte = 2n ** 20n * 10n ** 9n;
/** More whole cores than all but the largest machines have. */
const manyCores = 100;

function checkValue(
  { report }: Check,
  resource: string,
  place: Field,
  owner: string,
  container?: Container,
): void {
  const about = container === undefined ? {} : { container };
  const value = String(place.value);
  const data = { owner, resource, value };
  const amount = parseQuantity(place.value);
  if (amount === undefined || amount <= 0n) return;
  if (bytes.test(resource) && amount < mebibyte)
    report(place, value.endsWith('m') ? 'thousandths' : 'tiny', data, about);
  if (resource === 'cpu' && /^[0-9]+$/.test(value) && Number(value) >= manyCores)
    report(place, 'cores', data, about);
}
