import { isIPv4, isIPv6 } from 'node:net';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isObject, splitPointer } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import type { BuiltinSchemas } from './builtin.ts';
import { type Demand, isInt32, isInt64, leaves } from './leaf.ts';
import { compilePattern } from './pattern.ts';
import {
  mismatch,
  missing,
  nearest,
  notOneOf,
  type Path,
  pointerOf,
  problemLimit,
  type SchemaProblem,
  unknownField,
  violation,
} from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

/** The schema of one version of a custom resource. */
interface Version {
  readonly schema: Json;
  /** Whether the API server drops fields that the schema does not have. */
  readonly prunes: boolean;
  /** Whether the API server replaces the status on writes. */
  readonly hasStatus: boolean;
}

/** The schemas of custom resources, from their definitions. A schema is compiled when it is first needed. */
export class CustomSchemas {
  readonly #builtin: BuiltinSchemas;
  /** By `group/version/kind`: more than one when the repository has several copies of a definition. */
  readonly #versions = new Map<string, Version[]>();
  readonly #compiled = new Map<Version, ValidateFunction | undefined>();
  readonly #ajv = new Ajv({
    allErrors: true,
    strict: false,
    validateSchema: false,
    addUsedSchema: false,
    meta: false,
    logger: false,
    formats: Object.fromEntries(
      Object.entries(formats).map(([name, { accepts }]) => [name, { type: /^int/.test(name) ? 'number' : 'string', validate: accepts }])),
    code: { optimize: false, regExp: Object.assign(regExp, { code: 'regExp' }) },
  });

  constructor(definitions: Iterable<KubernetesObject>, builtin: BuiltinSchemas) {
    this.#builtin = builtin;
    for (const definition of definitions)
      for (const [name, version] of versionsOf(definition)) {
        const versions = this.#versions.get(name);
        if (versions === undefined) this.#versions.set(name, [version]);
        else versions.push(version);
      }
  }

  /** What is wrong with an object; undefined when no usable schema is known for its kind and version. */
  problems(object: KubernetesObject): SchemaProblem[] | undefined {
    const versions = this.#versions.get(`${object.apiVersion}/${object.kind}`) ?? [];
    // Copies of a definition may differ in age; the object is written for the one that it fits best.
    return versions
      .map((version) => this.#check(object, version))
      .filter((problems) => problems !== undefined)
      .reduce<SchemaProblem[] | undefined>(
        (best, problems) => (best === undefined || problems.length < best.length ? problems : best),
        undefined,
      );
  }
}
