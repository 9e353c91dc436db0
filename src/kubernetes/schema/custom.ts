import { isObject } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import type { BuiltinSchemas } from './builtin.ts';
import type { Structural } from './constraints.ts';
import { checkResource, type Treatment } from './custom-resource.ts';
import type { SchemaProblem } from './problem.ts';
import { Parts } from './structural.ts';

/** The schemas of custom resources, from their definitions. */
export class CustomSchemas {
  /** By `group/version/kind`: several when the repository has copies of a definition. */
  readonly #versions = new Map<string, Version[]>();
  readonly #parts = new Parts();
  readonly #checkMetadata: Treatment['checkMetadata'];

  constructor(definitions: readonly KubernetesObject[], builtin: BuiltinSchemas) {
    this.#checkMetadata = (metadata, path) => builtin.problemsOf(metadata, 'meta/v1/ObjectMeta', path);
    for (const definition of definitions)
      for (const version of versionsOf(definition))
        this.#versions.set(version.name, [...(this.#versions.get(version.name) ?? []), version]);
  }

  /** Whether an object's kind, in this version, is defined. */
  knows({ apiVersion, kind }: KubernetesObject): boolean {
    return this.#versions.has(`${apiVersion}/${kind}`);
  }

  /** What is wrong with an object; undefined when no schema is known for its kind in this version. */
  problems({ apiVersion, kind, root }: KubernetesObject): SchemaProblem[] | undefined {
    const versions = this.#versions.get(`${apiVersion}/${kind}`);
    if (versions === undefined) return undefined;
    const resource = withoutBigints(root.value);
    const [parts, checkMetadata] = [this.#parts, this.#checkMetadata];
    // Copies of a definition may differ; an object that suits one of them is right.
    const [best] = versions
      .map((version) => checkResource(resource, version.schema, { ...version, parts, checkMetadata }))
      .sort((a, b) => a.length - b.length);
    return best;
  }
}

/** One version of a custom resource, by one definition. */
interface Version extends Pick<Treatment, 'dropsUnknown' | 'replacesStatus'> {
  /** `group/version/kind`. */
  readonly name: string;
  readonly schema: Structural;
}

/** The versions of a CustomResourceDefinition that have a schema. */
function versionsOf({ version: apiVersion, root }: KubernetesObject): Version[] {
  const spec = root.at('spec');
  // v1beta1 may have one schema and one status for all versions, and drops unknown fields only when it is told to.
  const isBeta = apiVersion === 'v1beta1';
  const preserves = spec.at('preserveUnknownFields').value ?? isBeta;
  const listed = spec.at('versions').items();
  const named = listed.map((field) => ({ field, version: field.at('name').string }));
  if (isBeta && listed.length === 0) named.push({ field: spec, version: spec.at('version').string });
  return named.flatMap(({ field, version }) => {
    const own = field.at('schema', 'openAPIV3Schema');
    const schema = isBeta && !own.exists ? spec.at('validation', 'openAPIV3Schema') : own;
    if (!isObject(schema.value)) return [];
    const status = ['subresources', 'status'];
    return {
      name: `${spec.at('group').string}/${version}/${spec.at('names', 'kind').string}`,
      schema: withoutBigints(schema.value) as Structural,
      dropsUnknown: preserves !== true,
      replacesStatus: field.at(...status).exists || (isBeta && spec.at(...status).exists),
    };
  });
}

/** A value in which bigints are numbers, as the API server has them where it uses no 64-bit integers. */
function withoutBigints(value: unknown): unknown {
  return hasBigint(value) ? mapBigints(value) : value;
}

function hasBigint(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint';
  return Object.values(value).some(hasBigint);
}

function mapBigints(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(mapBigints);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, mapBigints(child)]));
}
