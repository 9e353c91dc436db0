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
      const resources = container.field.at('resources');
      if (resources.exists) checkResources(context, resources, `Container ${container.name}`, container);
    }
    if (pod !== undefined) {
      checkResources(context, pod.spec.at('resources'), 'The pod');
      for (const volume of pod.spec.at('volumes').items()) checkVolume(context, volume);
    }
    const spec = root.at('spec');
    for (const claim of spec.at('volumeClaimTemplates').items())
      checkResources(context, claim.at('spec', 'resources'), `Claim ${claim.at('metadata', 'name').string}`);
    if (kind === 'PersistentVolumeClaim') checkResources(context, spec.at('resources'), `Claim ${name}`);
    if (kind === 'ResourceQuota') checkSizes(context, amountsIn(spec.at('hard')), `Quota ${name}`);
    if (kind === 'LimitRange')
      for (const limit of spec.at('limits').items()) checkRange(context, limit, `LimitRange ${name}`);
    if (kind === 'HorizontalPodAutoscaler')
      for (const metric of spec.at('metrics').items()) {
        const resource = metric.at('resource');
        const amount = amountAt(resource.at('target'), 'averageValue');
        checkSize(context, resource.at('name').string ?? '', amount, 'The autoscaler');
      }
  },
});

/** An amount that can be read, and where it stands. */
interface Amount {
  readonly list: Field;
  readonly key: string;
  readonly text: string;
  /** In billionths. */
  readonly size: bigint;
}

function amountAt(list: Field, key: string): Amount | undefined {
  const value = list.valueAt(key);
  const size = parseQuantity(value);
  return size === undefined ? undefined : { list, key, text: String(value), size };
}

/** The amounts of resources, by name of the resource. */
type Amounts = ReadonlyMap<string, Amount>;

function amountsIn(list: Field): Amounts {
  const amounts = new Map<string, Amount>();
  if (isObject(list.value))
    for (const key of Object.keys(list.value)) {
      const amount = amountAt(list, key);
      if (amount !== undefined) amounts.set(key, amount);
    }
  return amounts;
}

function checkVolume(context: Check, volume: Field): void {
  const { emptyDir, ephemeral } = isObject(volume.value) ? volume.value : {};
  if (!isObject(emptyDir) && !isObject(ephemeral)) return;
  const owner = `Volume ${volume.at('name').string}`;
  checkSize(context, 'storage', amountAt(volume.at('emptyDir'), 'sizeLimit'), owner);
  checkResources(context, volume.at('ephemeral', 'volumeClaimTemplate', 'spec', 'resources'), owner);
}

function checkResources(context: Check, resources: Field, owner: string, container?: Container): void {
  if (!resources.exists) return;
  const requests = amountsIn(resources.at('requests'));
  const limits = amountsIn(resources.at('limits'));
  checkPair(context, requests, limits, owner, container);
  for (const amounts of [requests, limits]) checkSizes(context, amounts, owner, container);
}

function checkRange(context: Check, limit: Field, owner: string): void {
  const amounts = (key: string) => amountsIn(limit.at(key));
  const lists = [amounts('defaultRequest'), amounts('default'), amounts('max'), amounts('min')] as const;
  const [defaultRequest, defaultLimit, max, min] = lists;
  checkPair(context, defaultRequest, defaultLimit, owner);
  checkPair(context, min, max, owner);
  for (const each of lists) checkSizes(context, each, owner);
}

function checkPair(
  { options, report }: Check,
  requests: Amounts,
  limits: Amounts,
  owner: string,
  container?: Container,
): void {
  const about = container === undefined ? {} : { container };
  for (const [resource, request] of requests) {
    const limit = limits.get(resource);
    if (limit === undefined) continue;
    const data = { owner, resource, request: request.text, limit: limit.text };
    const ratio = options.maxRatio[resource];
    if (request.size > limit.size) report(request.list.at(resource), 'aboveLimit', data, about);
    else if (ratio !== undefined && request.size > 0n && Number(limit.size) > ratio * Number(request.size))
      report(limit.list.at(resource), 'ratio', { ...data, ratio }, about);
  }
}

function checkSizes(context: Check, amounts: Amounts, owner: string, container?: Container): void {
  const isQuota = context.manifest.kind === 'ResourceQuota';
  // A quota is for many containers.
  for (const [resource, amount] of amounts)
    if (!isQuota || resource !== 'cpu') checkSize(context, resource, amount, owner, container);
}

/** Names of resources that are counted in bytes, those of quotas among them. */
const bytes = /(?:^|[./])(?:memory|storage|ephemeral-storage)$/;
/** A mebibyte in billionths of a byte. */
const mebibyte = 2n ** 20n * 10n ** 9n;
/** More cores than all but the largest machines have, in billionths of one. */
const manyCores = 100n * 10n ** 9n;

function checkSize(
  { report }: Check,
  resource: string,
  amount: Amount | undefined,
  owner: string,
  container?: Container,
): void {
  if (amount === undefined || amount.size <= 0n) return;
  const { list, key, text, size } = amount;
  const isTiny = size < mebibyte && bytes.test(resource);
  const isHuge = resource === 'cpu' && size >= manyCores && /^[0-9]+$/.test(text);
  if (!isTiny && !isHuge) return;
  const tiny = text.endsWith('m') ? 'thousandths' : 'tiny';
  const about = container === undefined ? {} : { container };
  report(list.at(key), isTiny ? tiny : 'cores', { owner, resource, value: text }, about);
}
