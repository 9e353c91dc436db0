import type { KubernetesObject } from '../object.ts';
import { loadBuiltinSchemas } from './builtin.ts';
import type { SchemaProblem } from './problem.ts';

export type { SchemaProblem } from './problem.ts';

/** The schemas of the built-in kinds, and of the custom resources that are defined among a set of objects. */
export interface Schemas {
  /** What is wrong with an object by the schema of its kind; undefined when no schema is known for it. */
  problems(object: KubernetesObject): SchemaProblem[] | undefined;
  /** Whether there is a schema for an object's kind. */
  knows(object: KubernetesObject): boolean;
}

/** Loads the schemas that these objects need, and nothing when they need none. */
export async function loadSchemas(objects: Iterable<KubernetesObject>): Promise<Schemas> {
  const groups = new Set<string>();
  const kinds = new Set<string>();
  const definitions: KubernetesObject[] = [];
  for (const object of objects) {
    groups.add(object.group);
    kinds.add(object.groupKind);
    if (object.groupKind === 'CustomResourceDefinition.apiextensions.k8s.io') definitions.push(object);
  }
  if (![...groups].some(mayBeBuiltin)) return { problems: () => undefined, knows: () => false };
  const builtin = await loadBuiltinSchemas();
  const used = definitions.filter(({ root }) => {
    const spec = root.at('spec');
    return kinds.has(`${spec.at('names', 'kind').string}.${spec.at('group').string}`);
  });
  if (used.length === 0) return builtin;
  const { CustomSchemas } = await import('./custom.ts');
  const checked = new Map(used.map((definition) => [definition, builtin.problems(definition)]));
  // A definition that is itself wrong describes nothing.
  const isWhole = (definition: KubernetesObject) =>
    !checked.get(definition)?.some(({ severity }) => severity === undefined);
  const custom = new CustomSchemas(used.filter(isWhole), builtin);
  return {
    problems: (object) => checked.get(object) ?? builtin.problems(object) ?? custom.problems(object),
    knows: (object) => builtin.knows(object) || custom.knows(object),
  };
}

/** Groups of built-in kinds have a name without a dot or end in `k8s.io`. */
function mayBeBuiltin(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
