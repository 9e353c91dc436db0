// Writes src/kubernetes/schema/kubernetes.json: the fields of every built-in kind, taken from the installed package
// kubernetes-models. Its declarations say which fields there are; what a string or a number must look like is found by
// asking its validators. addendum.json, which is written by hand, is laid over the result.
// With --check it writes nothing, and fails when the file is not what it would write.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Kubernetes whose API kubernetes-models 5.1 holds, which it does not say itself. */
const kubernetes = '1.36';
const packages = ['kubernetes-models', '@kubernetes-models/apimachinery'];

/** Values to tell leaves apart with. */
const samples = {
  text: 'some text',
  base64: 'dGV4dA==',
  time: '2020-01-02T03:04:05Z',
  quantity: '1.5Gi',
  fraction: 1.5,
  large: 2 ** 40,
  integer: 3,
  boolean: true,
};

/** The samples that each leaf accepts. */
const leaves = {
  any: 'text,base64,time,quantity,fraction,large,integer,boolean',
  boolean: 'boolean',
  string: 'text,base64,time,quantity',
  byte: 'base64',
  'date-time': 'time',
  'int-or-string': 'text,base64,time,quantity,integer',
  quantity: 'quantity,fraction,large,integer',
  number: 'fraction,large,integer',
  int64: 'large,integer',
  int32: 'integer',
};

const directory = join(dirname(fileURLToPath(import.meta.url)), '../src/kubernetes/schema');
const addendum = readJson(join(directory, 'addendum.json'));
const declarations = new Map(packages.flatMap(readDeclarations).map((found) => [found.model, found]));
const definitions = new Map();
for (const declaration of declarations.values()) if (isKind(declaration)) await define(declaration);
for (const [name, fields] of Object.entries(addendum.definitions))
  definitions.set(name, { ...definitions.get(name), ...fields });
save();

/** The interfaces and type aliases of a package, one a file. */
function readDeclarations(name) {
  const root = packageDirectory(name);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts') && !/(^|[/\\])(index\.d\.ts$|_schemas|node_modules)/.test(file))
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '');
      const [, local, model] = /export type \{ (\w+) as I(\w+)/.exec(text) ?? fail(file);
      const [, type] =
        new RegExp(`export interface ${local}[^{]*(\\{[\\s\\S]*?\\n\\})`).exec(text) ??
        new RegExp(`export type ${local} = ([^;]+);`).exec(text) ??
        fail(file);
      const path = file
        .slice(0, -'.d.ts'.length)
        .split(sep)
        .join('/')
        .replace(/^apis\//, '');
      return { package: name, path, local, model, type: parseType(type) };
    });
}

/**
 * Reads the few forms of type that the declarations use: `{ literals }`, `{ list }`, `{ map }`, `{ fields }`, and
 * `{ name }` for everything else.
 */
function parseType(text) {
  const tokens = text.match(/"[^"]*"|[\w$]+|[^\s\w]/g);
  let next = 0;
  const accept = (...expected) => {
    const matches = expected.every((token, index) => tokens[next + index] === token);
    if (matches) next += expected.length;
    return matches;
  };
  const expect = (token) => accept(token) || fail(`${tokens[next]} instead of ${token} in ${text}`);
  const parse = () => {
    const members = [];
    do members.push(parseMember());
    while (accept('|'));
    if (members.every(({ literal }) => literal !== undefined))
      return { literals: members.map(({ literal }) => literal) };
    return members.length === 1 ? members[0] : { name: 'union' };
  };
  const parseMember = () => {
    if (accept('Array', '<')) {
      const list = parse();
      expect('>');
      return { list };
    }
    if (accept('{', '[', 'key', ':', 'string', ']', ':')) {
      const map = parse();
      expect(';');
      expect('}');
      return { map };
    }
    if (accept('{')) {
      const fields = {};
      while (!accept('}')) {
        const name = JSON.parse(tokens[next++]);
        const required = !accept('?');
        expect(':');
        fields[name] = { required, type: parse() };
        expect(';');
      }
      return { fields };
    }
    const token = tokens[next++];
    return token.startsWith('"') ? { literal: JSON.parse(token) } : { name: token };
  };
  return parse();
}

function isKind({ type }) {
  return [type.fields?.apiVersion, type.fields?.kind].every((field) => field?.type.literals?.length === 1);
}

/** Adds the definition of a declaration, and all that it refers to; returns how a field refers to it. */
async function define(declaration) {
  const { type, path } = declaration;
  const { validate } = await import(`${declaration.package}/_schemas/${declaration.model}`);
  const place = { declaration, validate, pointer: '', wrap: (value) => value };
  if (type.fields === undefined) return leafAt(place);
  if (Object.keys(type.fields).length === 0) return accepts(place, samples.text) ? 'any' : 'object';
  if (!definitions.has(path)) await defineFields(path, type.fields, place);
  return path;
}

async function defineFields(path, fields, place) {
  const definition = {};
  definitions.set(path, definition);
  for (const [name, { required, type }] of Object.entries(fields)) {
    // An object that is inside another (an item of a list, a volume claim template) need not say what it is.
    const implied =
      place.pointer === '' && isKind(place.declaration) && ['apiVersion', 'kind'].includes(name);
    const word = await wordOf(
      type,
      inside(place, name, (value) => ({ [name]: value })),
    );
    definition[name] = required && !implied ? `!${word}` : word;
  }
}

/** A type as kubernetes.json has it; src/kubernetes/schema/builtin.ts says how that reads. */
async function wordOf(type, place) {
  const { declaration } = place;
  if (type.literals) return `=${type.literals.join('|')}`;
  if (type.list)
    return `[]${await wordOf(
      type.list,
      inside(place, '0', (value) => [value]),
    )}`;
  if (type.map)
    return `{}${await wordOf(
      type.map,
      inside(place, 'k', (value) => ({ k: value })),
    )}`;
  if (type.fields) {
    const path = `${declaration.path}${place.pointer.replace(/\/0$/, '')}`;
    await defineFields(path, type.fields, place);
    return path;
  }
  if (type.name === declaration.local) return declaration.path;
  const target = declarations.get(type.name.slice('I'.length));
  return target === undefined ? leafAt(place) : define(target);
}

/** A place below another: `wrap` makes the smallest value that has a given value there. */
function inside(place, key, wrap) {
  return { ...place, pointer: `${place.pointer}/${key}`, wrap: (value) => place.wrap(wrap(value)) };
}

/** Whether the validator has nothing to say of a value at a place, whatever it says of the rest. */
function accepts({ validate, wrap, pointer }, value) {
  validate(wrap(value));
  return !(validate.errors ?? []).some(({ instancePath }) => instancePath === pointer);
}

function leafAt(place) {
  const accepted = Object.keys(samples).filter((name) => accepts(place, samples[name]));
  const [leaf] = Object.entries(leaves).find(([, each]) => each === String(accepted)) ?? [];
  return leaf ?? fail(`${place.declaration.path}${place.pointer}, which accepts ${accepted}`);
}

function save() {
  const file = join(directory, 'kubernetes.json');
  const versions = packages.map(
    (name) => `${name} ${readJson(join(packageDirectory(name), 'package.json')).version}`,
  );
  const table = {
    source: [...versions, addendum.source].join('; '),
    kubernetes,
    definitions: sorted([...definitions].map(([name, fields]) => [name, sorted(Object.entries(fields))])),
  };
  const text = `${JSON.stringify(table, null, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text)
    fail(`${relative('', file)} is stale; run this without --check`);
}

function sorted(entries) {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function packageDirectory(name) {
  return dirname(fileURLToPath(import.meta.resolve(name)));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function fail(what) {
  throw new Error(what);
}
