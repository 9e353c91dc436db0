import { UserError } from '../errors.ts';
import { type FileTree, UnreadableFile } from '../files/file-tree.ts';
import { LineIndex } from '../files/lines.ts';
import { decodeText } from '../files/text.ts';
import { find } from '../yaml/find.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { LoadedConfig } from './settings.ts';
import type { Mistake } from './validate.ts';

/** Where the config file is looked for. */
export const configPaths: readonly string[] = [
  '.plimsoll.yaml',
  '.plimsoll.yml',
  '.github/plimsoll.yaml',
  '.github/plimsoll.yml',
  '.github/.plimsoll.yaml',
  '.github/.plimsoll.yml',
];

/** Far above any config that a person writes. */
const maxBytes = 1024 * 1024;
const limits = { depth: 20, nodes: 100_000, problems: 100 };

/** More mistakes than a person mends at once. */
const shownMistakes = 20;

/**
 * Reads the config file of a tree: the one at `path`, else the one of {@link configPaths} that is there.
 * @throws {UserError} that names every mistake of the file; also when it cannot be read, or when there are two files.
 */
export async function loadConfig(
  tree: FileTree,
  options: { readonly path?: string | undefined; readonly ruleIds: readonly string[] },
): Promise<LoadedConfig> {
  const file = options.path ?? (await findConfig(tree));
  if (file === undefined) return { config: {} };
  const text = await readText(tree, file);
  return { file, ...(await parseConfig(text, file, options.ruleIds)) };
}

async function findConfig(tree: FileTree): Promise<string | undefined> {
  const paths = new Set((await tree.list()).map(({ path }) => path));
  const [file, second] = configPaths.filter((path) => paths.has(path));
  if (file !== undefined && second !== undefined)
    throw new UserError(`There are two configs: ${file} and ${second}.`, {
      where: second,
      todo: 'Keep one of them, or name one with --config.',
    });
  return file;
}

async function readText(tree: FileTree, file: string): Promise<string> {
  const cannot = (reason: string) => new UserError(`The config cannot be read: ${reason}.`, { where: file });
  let bytes: Uint8Array;
  try {
    bytes = await tree.read(file);
  } catch (error) {
    throw error instanceof UnreadableFile ? cannot(error.message) : error;
  }
  if (bytes.length > maxBytes) throw cannot(`it has ${bytes.length} bytes, more than ${maxBytes}`);
  const decoded = decodeText(bytes);
  if ('problem' in decoded) throw cannot(decoded.problem);
  return decoded.text;
}

async function parseConfig(
  text: string,
  file: string,
  ruleIds: readonly string[],
): Promise<Pick<LoadedConfig, 'config' | 'where'>> {
  const lines = new LineIndex(text);
  const { documents, problems } = parseYaml(text, limits);
  const mistakes: Mistake[] = problems.map(({ message, start }) => ({
    message: `${message}.`,
    offset: start,
  }));
  const [document, second] = documents.filter(({ value }) => value !== null);
  if (second !== undefined)
    mistakes.push({ message: 'The config must be one YAML document.', offset: second.start });
  if (mistakes.length > 0) throw configError(mistakes, lines, file);
  if (document?.root === undefined) return { config: {} };
  const { root, value } = document;
  // A run without a config need not load the schema validator.
  const { validate } = await import('./validate.ts');
  const validated = validate(value, root, text, ruleIds);
  if ('mistakes' in validated) throw configError(validated.mistakes, lines, file);
  const positionOf = (path: readonly (string | number)[]) => {
    const { node, entry } = find(root, path);
    return lines.position(
      typeof path.at(-1) === 'string' && entry !== undefined ? entry.key.start : node.start,
    );
  };
  const waivers = validated.config.waivers?.map((waiver, index) => ({
    ...waiver,
    line: positionOf(['waivers', index]).line,
  }));
  return {
    config: { ...validated.config, ...(waivers !== undefined && { waivers }) },
    where: (path) => {
      const { line, column } = positionOf(path);
      return `${file}:${line}:${column}`;
    },
  };
}

function configError(mistakes: readonly Mistake[], lines: LineIndex, file: string): UserError {
  const located = mistakes
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, shownMistakes)
    .map(({ message, offset }) => {
      const { line, column } = lines.position(offset);
      return { message, where: `${file}:${line}:${column}` };
    });
  const [only, second] = located;
  if (only !== undefined && second === undefined) return new UserError(only.message, { where: only.where });
  const count = mistakes.length > shownMistakes ? `more than ${shownMistakes}` : mistakes.length;
  const list = located.map(({ message, where }) => `${where}: ${message}`);
  return new UserError([`The config has ${count} mistakes:`, ...list].join('\n'), { where: file });
}
