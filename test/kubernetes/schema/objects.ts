import { type KubernetesObject, readObject } from '../../../src/kubernetes/object.ts';
import { parseYaml } from '../../../src/yaml/parse.ts';

/** The objects of a YAML text. */
export function objectsOf(text: string): KubernetesObject[] {
  const { documents, problems } = parseYaml(text);
  const objects = documents.map(({ value }) => readObject(value)).filter((object) => object !== undefined);
  if (problems.length > 0 || objects.length === 0) throw new Error(`no objects: ${JSON.stringify(problems)}`);
  return objects;
}
