import { isObject } from '../field.ts';
import type { KubernetesObject } from '../object.ts';
import type { SchemaProblem } from './problem.ts';

export type { SchemaProblem } from './problem.ts';

/** The schemas that a set of objects needs. */
export interface Schemas {
  /** What is wrong with an object by the schema of its kind; undefined when no schema is known for it. */
  problems(object: KubernetesObject): SchemaProblem[] | undefined;
}
