import { Ajv, type ErrorObject } from 'ajv';
import schema from '../../schemas/config.schema.json' with { type: 'json' };
import { isObject, splitPointer } from '../kubernetes/field.ts';
import { type Found, find } from '../yaml/find.ts';
import type { YamlNode } from '../yaml/tree.ts';
import { didYouMean } from './did-you-mean.ts';
import { quote, rulePatterns, unknownRule } from './rule-pattern.ts';
import type { Config } from './settings.ts';

/** Something wrong in the config file. */
export interface Mistake {
  /** A sentence. */
  readonly message: string;
  /** UTF-16 offset in the file's text. */
  readonly offset: number;
}

type Path = readonly (string | number)[];

/** More mistakes than this are not looked for: each takes a walk through the file. */
const mostMistakes = 100;

/**
 * Checks a parsed config against schemas/config.schema.json, and its rule ids against the rules that there are.
 * Gives the config, or what is wrong with it.
 */
export function validate(
  value: unknown,
  root: YamlNode,
  text: string,
  ruleIds: readonly string[],
): { config: Config } | { mistakes: Mistake[] } {
  const isConfig = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile<Config>(schema);
  const valid = isConfig(value);
  const errors = meant(isConfig.errors ?? []).slice(0, mostMistakes);
  const mistakes = errors.map((error) => explain(error, root, text));
  for (const { path, name, known } of ruleNames(value, ruleIds)) {
    if (mistakes.length >= mostMistakes) break;
    const message = unknownRule(name, known);
    if (message !== undefined) mistakes.push({ message, offset: keyOffset(find(root, path)) });
  }
  return valid && mistakes.length === 0 ? { config: value } : { mistakes };
}

/** Of what ajv says, what helps: a value of the wrong type is not also a wrong word. */
function meant(errors: readonly ErrorObject[]): ErrorObject[] {
  const wordOrMap = new Set<string>();
  for (const { keyword, instancePath } of errors) if (keyword === 'anyOf') wordOrMap.add(instancePath);
  const wrongType = new Set<string>();
  for (const { keyword, instancePath } of errors) if (keyword === 'type') wrongType.add(instancePath);
  return errors.filter(({ keyword, instancePath, data }) => {
    if (keyword === 'anyOf') return false;
    if (wordOrMap.has(instancePath)) return keyword !== (isObject(data) ? 'enum' : 'type');
    return keyword !== 'enum' || !wrongType.has(instancePath);
  });
}

function explain(error: ErrorObject, root: YamlNode, text: string): Mistake {
  const { keyword, params, data, parentSchema } = error;
  const path = splitPointer(error.instancePath).map(indexOrName);
  const found = find(root, path);
  const offset = found.node.end > found.node.start ? found.node.start : keyOffset(found);
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys(parentSchema?.properties ?? {});
      const message = `There is no key ${quote(key)} here.${didYouMean(key, known)}`;
      return { message, offset: keyOffset(find(root, [...path, key])) };
    }
    case 'required':
      return { message: `The key "${params.missingProperty}" is missing here.`, offset };
    case 'enum': {
      const allowed = [params.allowedValues].flat().filter((word) => typeof word === 'string');
      const hint = typeof data === 'string' ? didYouMean(data, allowed) : '';
      return { message: `${shown(data)} is none of ${allowed.join(', ')}.${hint}`, offset };
    }
    case 'type': {
      const types: readonly string[] = [params.type].flat();
      const source = text.slice(found.node.start, found.node.end);
      if (types[0] === 'string' && source !== '' && !isCollection(data))
        return { message: `This must be text: put it in quotes, ${quote(source)}.`, offset };
      return {
        message: `This must be ${types.map((type) => typeNames[type] ?? type).join(' or ')}.`,
        offset,
      };
    }
    default:
      return { message: `${shown(data)} cannot stand here. ${parentSchema?.description ?? ''}`, offset };
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  integer: 'a whole number',
};

function isCollection(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return isCollection(value) ? 'A list or map' : quote(String(value));
}

/** All rule ids and patterns of a config that may not be valid otherwise, and what each may be. */
function* ruleNames(
  value: unknown,
  ruleIds: readonly string[],
): Generator<{ path: Path; name: string; known: readonly string[] }> {
  if (!isObject(value)) return;
  if (isObject(value.rules))
    for (const name of Object.keys(value.rules)) yield { path: ['rules', name], name, known: ruleIds };
  if (!Array.isArray(value.waivers)) return;
  const known = rulePatterns(ruleIds);
  for (const [index, waiver] of value.waivers.entries())
    if (isObject(waiver) && typeof waiver.rule === 'string')
      yield { path: ['waivers', index, 'rule'], name: waiver.rule, known };
}

/** Where the key begins that holds what was found. */
function keyOffset({ entry, node }: Found): number {
  return entry?.key.start ?? node.start;
}

function indexOrName(token: string): string | number {
  const index = Number(token);
  return String(index) === token ? index : token;
}
