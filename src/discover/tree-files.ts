import { type FileEntry, type FileTree, UnreadableFile } from '../files/file-tree.ts';
import { decodeText } from '../files/text.ts';
import { chartOfTemplate, findCharts } from './helm.ts';
import { isKustomization } from './kustomize.ts';
import { failed, type NotChecked } from './outcome.ts';
import { baseName, directoryOf } from './path.ts';
import { type SourceFile, SourceReader } from './source-file.ts';

/** The files of a tree. What charts and overlays are made of is read once and kept, however many of them share it. */
export class TreeFiles {
  readonly #tree: FileTree;
  readonly #entries: ReadonlyMap<string, FileEntry>;
  readonly #maxBytes: number;
  readonly #charts: ReadonlySet<string>;
  readonly #reader = new SourceReader();
  readonly #reading = new Map<string, Promise<Uint8Array | NotChecked>>();
  readonly #kept = new Map<string, Uint8Array>();
  readonly #sources = new Map<string, SourceFile>();
  readonly #unread = new Map<string, NotChecked>();
  #directories: ReadonlySet<string> | undefined;

  /** @param maxBytes larger files are not read. */
  constructor(tree: FileTree, entries: readonly FileEntry[], maxBytes: number) {
    this.#tree = tree;
    this.#entries = new Map(entries.map((entry) => [entry.path, entry]));
    this.#maxBytes = maxBytes;
    this.#charts = findCharts(this.#entries.keys());
  }

  /** Paths of all files, in the order of the tree. */
  get paths(): Iterable<string> {
    return this.#entries.keys();
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** Whether a directory has files, at any depth; `.` is the root. */
  hasDirectory(path: string): boolean {
    this.#directories ??= directoriesOf(this.#entries.keys());
    return this.#directories.has(path);
  }

  /** The bytes of a file, read at the first call and kept; or why there are none. */
  keep(path: string): Promise<Uint8Array | NotChecked> {
    let reading = this.#reading.get(path);
    if (reading === undefined) {
      reading = this.#bytes(path).then((bytes) => {
        if (bytes instanceof Uint8Array) this.#kept.set(path, bytes);
        else this.#unread.set(path, bytes);
        return bytes;
      });
      this.#reading.set(path, reading);
    }
    return reading;
  }

  /** Why a file that was to be kept could not be read. */
  unread(path: string): NotChecked | undefined {
    return this.#unread.get(path);
  }

  /** The text of a file; or why there is none. */
  async text(path: string): Promise<string | NotChecked> {
    const bytes = this.#kept.get(path) ?? (await this.#bytes(path));
    if (!(bytes instanceof Uint8Array)) return bytes;
    const decoded = decodeText(bytes);
    return 'text' in decoded ? decoded.text : failed(path, 'not-text', `${decoded.problem}.`);
  }

  /** Parses a text that {@link text} gave; {@link get} has it from now on. */
  parse(path: string, text: string): SourceFile {
    const source = this.#reader.read(path, text);
    this.#sources.set(path, source);
    return source;
  }

  /** A file that was parsed or kept; parsed when its documents are asked for. Templates have none. */
  get(path: string): SourceFile | undefined {
    const known = this.#sources.get(path);
    const bytes = this.#kept.get(path);
    if (known !== undefined || bytes === undefined) return known;
    const decoded = decodeText(bytes);
    if (!('text' in decoded)) return undefined;
    const source = this.#isYaml(path)
      ? whenAsked(path, decoded.text, this.#reader)
      : { path, text: decoded.text, documents: [], problems: [] };
    this.#sources.set(path, source);
    return source;
  }

  /** What {@link get} has of YAML and of templates, by path. */
  *values(): Iterable<SourceFile> {
    const paths = new Set([...this.#sources.keys(), ...this.#kept.keys()]);
    for (const path of [...paths].sort()) {
      const source = isYamlName(path) || path.endsWith('.tpl') ? this.get(path) : undefined;
      if (source !== undefined) yield source;
    }
  }

  #isYaml(path: string): boolean {
    const isYaml = isYamlName(path) || baseName(path) === 'Chart.lock';
    return isYaml && chartOfTemplate(path, this.#charts) === undefined;
  }

  async #bytes(path: string): Promise<Uint8Array | NotChecked> {
    const entry = this.#entries.get(path);
    if (entry === undefined) return failed(path, 'unreadable', 'Not read: no such file.');
    if (entry.kind === 'unreadable') return failed(path, 'unreadable', `Not read: ${entry.reason}.`);
    if (entry.size > this.#maxBytes)
      return failed(
        path,
        'too-large',
        `${entry.size} bytes; the limit is ${this.#maxBytes} (max-file-size).`,
      );
    try {
      return await this.#tree.read(path);
    } catch (error) {
      if (error instanceof UnreadableFile) return failed(path, 'unreadable', `Not read: ${error.message}.`);
      throw error;
    }
  }
}

function directoriesOf(paths: Iterable<string>): ReadonlySet<string> {
  const directories = new Set(['.']);
  for (const path of paths)
    for (let at = directoryOf(path); !directories.has(at); at = directoryOf(at)) directories.add(at);
  return directories;
}

/** Whether a file is YAML or JSON by its name. */
export function isYamlName(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path) || isKustomization(path);
}

function whenAsked(path: string, text: string, reader: SourceReader): SourceFile {
  let parsed: SourceFile | undefined;
  const file = () => {
    parsed ??= reader.read(path, text);
    return parsed;
  };
  return {
    path,
    text,
    get documents() {
      return file().documents;
    },
    get problems() {
      return file().problems;
    },
  };
}
