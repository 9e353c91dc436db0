import type { SourceFile } from '../../src/discover/source-file.ts';
import { SourceReader } from '../../src/discover/source-file.ts';
import type { ChartTarget, ValuesLayer } from '../../src/discover/target.ts';
import {
  type HelmLeaf,
  type HelmResponse,
  segmentKinds,
  valueClasses,
} from '../../src/render/engine/protocol.ts';
import type { Origin } from '../../src/render/manifest.ts';
import type { Sources } from '../../src/render/rendering.ts';

export type Files = Readonly<Record<string, string>>;

/** The files as origins may point into them: templates have no documents. */
export function sourcesOf(files: Files): Sources {
  const reader = new SourceReader();
  return new Map(
    Object.entries(files).map(([path, text]): [string, SourceFile] => [
      path,
      path.includes('templates/') || path.endsWith('.tgz')
        ? { path, text, documents: [], problems: [] }
        : reader.read(path, text),
    ]),
  );
}

/** `file:line role precision text`, with the marked text; notes in brackets. */
export function tell(files: Files, origins: readonly Origin[]): string[] {
  return origins.map(({ file, start, end, role, precision, note }) => {
    const text = files[file] ?? '';
    const line = text.slice(0, start).split('\n').length;
    const rest = note === undefined ? '' : ` (${note})`;
    return `${file}:${line} ${role} ${precision} ${JSON.stringify(text.slice(start, end))}${rest}`;
  });
}

export function chartTarget(directory: string, values: readonly ValuesLayer[] = []): ChartTarget {
  return { kind: 'chart', name: directory, directory, values, complete: true, files: [] };
}

interface Printed {
  /** Index of a leaf, or of a set when `valueClass` is `derived`. */
  readonly leaf?: number;
  readonly leafPos?: number;
  readonly valueClass?: keyof typeof valueClasses;
}

/** Writes down what the engine would answer, segment by segment. */
export class ChartBuilder {
  readonly #files: Files;
  readonly #sources: { file: string; inner?: string; text?: string }[] = [];
  readonly #frames: number[] = [];
  readonly #leaves: HelmLeaf[] = [];
  readonly #sets: number[][] = [];
  readonly #outputs: { name: string; source: number; bytes: Uint8Array; segments: Int32Array }[] = [];

  constructor(files: Files) {
    this.#files = files;
  }

  leaf(file: string, path: string, more: Partial<HelmLeaf> = {}): number {
    return this.#leaves.push({ layer: -1, file, path: path.split('.'), ...more }) - 1;
  }

  set(...leaves: number[]): number {
    return this.#sets.push(leaves) - 1;
  }

  /** A call at a text of a file. */
  frame(file: string, at: string, parent = -1): number {
    this.#frames.push(this.source(file), this.#byteOf(file, at), parent);
    return this.#frames.length / 3 - 1;
  }

  source(file: string, inner?: string, text?: string): number {
    const known = this.#sources.findIndex((each) => each.file === file && each.inner === inner);
    if (known >= 0) return known;
    return this.#sources.push({ file, ...(inner && { inner }), ...(text !== undefined && { text }) }) - 1;
  }

  output(name: string, file: string, write: (output: OutputBuilder) => void): this {
    const output = new OutputBuilder(
      (each) => this.source(each),
      (each, at) => this.#byteOf(each, at),
      file,
    );
    write(output);
    this.#outputs.push({ name, source: this.source(file), ...output.done() });
    return this;
  }

  response(): HelmResponse {
    return {
      name: 'chart',
      outputs: this.#outputs,
      crds: [],
      sources: this.#sources,
      frames: Int32Array.from(this.#frames),
      leaves: this.#leaves,
      sets: this.#sets,
      read: Object.keys(this.#files).sort(),
    };
  }

  #byteOf(file: string, at: string): number {
    const text = this.#files[file] ?? '';
    const index = text.indexOf(at);
    if (index < 0) throw new Error(`${file} has no ${at}`);
    return Buffer.byteLength(text.slice(0, index));
  }
}

export class OutputBuilder {
  readonly #segments: number[] = [];
  readonly #sourceOf: (file: string) => number;
  readonly #byteOf: (file: string, at: string) => number;
  readonly #file: string;
  #text = '';

  constructor(
    sourceOf: (file: string) => number,
    byteOf: (file: string, at: string) => number,
    file: string,
  ) {
    this.#sourceOf = sourceOf;
    this.#byteOf = byteOf;
    this.#file = file;
  }

  /** Copies a text that occurs in the template, or in another file. */
  text(text: string, { file = this.#file, frame = -1 } = {}): this {
    return this.#add(text, [segmentKinds.text, this.#sourceOf(file), this.#byteOf(file, text), frame, -1, 0]);
  }

  /** Prints what an action makes. */
  print(
    action: string,
    text: string,
    { leaf = -1, leafPos = 0, valueClass = leaf < 0 ? 'none' : 'exact' }: Printed = {},
    { file = this.#file, frame = -1 } = {},
  ): this {
    const kind = segmentKinds.action | (valueClasses[valueClass] << 8);
    return this.#add(text, [kind, this.#sourceOf(file), this.#byteOf(file, action), frame, leaf, leafPos]);
  }

  done() {
    return { bytes: new TextEncoder().encode(this.#text), segments: Int32Array.from(this.#segments) };
  }

  #add(text: string, segment: readonly number[]): this {
    this.#segments.push(Buffer.byteLength(this.#text), ...segment);
    this.#text += text;
    return this;
  }
}
