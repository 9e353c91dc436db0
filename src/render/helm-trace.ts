import { baseName } from '../discover/path.ts';
import type { ValuesLayer } from '../discover/target.ts';
import { type Found, markOf, type Span } from '../yaml/find.ts';
import type { YamlNode, YamlScalar } from '../yaml/tree.ts';
import { type HelmLeaf, type HelmOutput, type HelmResponse, valueClasses } from './engine/protocol.ts';
import { keyOf, lineInScalar, type Places } from './places.ts';
import type { Lead } from './primary.ts';
import { type Piece, piecesOf } from './segments.ts';
import { actionAt } from './template-action.ts';
import { Utf8Offsets } from './utf8.ts';
import { Vendors } from './vendored.ts';

/** A field as it stands in the text of an output. */
export interface PrintedField {
  readonly output: HelmOutput;
  /** The output's text. */
  readonly text: string;
  /** What was found in the document's tree, and where in the output the document begins, UTF-16 units. */
  readonly found: Found;
  readonly start: number;
  /** The part of the scalar that is in question. */
  readonly part?: string | undefined;
}

/** A place in a YAML file of the repository, by keys and decimal indexes. */
export interface FilePath {
  readonly file: string;
  readonly path: readonly string[];
}

/** Where the values of a target stand that are written in a config. */
export function inConfig(layers: readonly ValuesLayer[]): (leaf: HelmLeaf) => FilePath | undefined {
  return ({ layer, path }) => {
    const { from, inline } = layers[layer] ?? {};
    return (
      from && { file: from.file, path: [...from.path.map(String), ...(inline === undefined ? [] : path)] }
    );
  };
}

/** Tells where the fields of a rendered chart come from. */
export class HelmTrace {
  readonly #response: HelmResponse;
  readonly #inLayer: (leaf: HelmLeaf) => FilePath | undefined;
  readonly #places: Places;
  readonly #vendors: Vendors;
  readonly #offsets = new Map<HelmOutput, Utf8Offsets>();

  /** @param inLayer where a leaf is written that stands in no values file */
  constructor(response: HelmResponse, places: Places, inLayer: (leaf: HelmLeaf) => FilePath | undefined) {
    this.#response = response;
    this.#inLayer = inLayer;
    this.#places = places;
    this.#vendors = new Vendors(places);
  }

  /** All places that a field comes from, in no order. */
  leads(field: PrintedField): Lead[] {
    const { node, complete } = field.found;
    const value = node.type === 'alias' ? node.target : node;
    const pieces = complete && value.type === 'scalar' ? this.#contentPieces(field, value) : [];
    if (value.type === 'scalar' && pieces.length > 0) return this.#leadsOfScalar(field, value, pieces);
    return this.#leadsOfKey(field, value);
  }

  /** The places that the rest of a line comes from, for what is not a field. */
  leadsAt(output: HelmOutput, text: string, offset: number): Lead[] {
    const lineEnd = text.slice(offset).search(/[\r\n]|$/);
    const pieces = this.#printing(output, text, {
      start: offset,
      end: Math.max(offset + lineEnd, offset + 1),
    });
    return this.#leadsOfPieces(output, text, undefined, pieces);
  }

  #leadsOfScalar(
    { output, text, found, start, part }: PrintedField,
    value: YamlScalar,
    pieces: readonly Piece[],
  ): Lead[] {
    const { key, name } = found.entry ?? {};
    const keyPieces = key === undefined ? [] : this.#pieces(output, text, moved(key, start));
    const ofValue = String(value.value);
    const wanted = part ?? tagOf(name, ofValue);
    // A key may be in question as well.
    const inKey = wanted !== undefined && !ofValue.includes(wanted) && name?.includes(wanted) === true;
    const focus = this.#holding(output, text, wanted, inKey ? keyPieces : pieces);
    const isLater = focus !== undefined && !inKey && /[\r\n]/.test(ofValue.trim());
    const leads = this.#leadsOfPieces(
      output,
      text,
      isLater ? undefined : keyPieces[0],
      focus ?? pieces,
      wanted,
    );
    const given = new Set((focus ?? pieces).flatMap((piece) => this.#leavesOf(piece)));
    const others = [...pieces, ...keyPieces].filter((piece) =>
      this.#leavesOf(piece).every((leaf) => !given.has(leaf)),
    );
    const besides = new Set(others.flatMap((piece) => this.#leavesOf(piece)));
    return [...leads, ...this.#valuesOf(besides, output, text, others, () => false)];
  }

  /** What places printed; `part` as for {@link Manifest.originsOf}. */
  #leadsOfPieces(
    output: HelmOutput,
    text: string,
    key: Piece | undefined,
    pieces: readonly Piece[],
    part?: string,
  ): Lead[] {
    const [piece] = pieces;
    if (piece === undefined) return [];
    const leaves = new Set(pieces.flatMap((each) => this.#leavesOf(each)));
    const giving = part === undefined ? [...leaves] : this.#giving([...leaves], part);
    const version = giving.length > 0 ? [] : this.#appVersion(output, text, pieces, part);
    // What no value holds may be a constant of the action: printf "%s:latest".
    const isOther = version.length > 0 || pieces.some((each) => part && this.#actionOf(each)?.includes(part));
    const decides = (leaf: number) => (giving.length > 0 ? giving.includes(leaf) : !isOther);
    const values = [...this.#valuesOf(leaves, output, text, pieces, decides), ...version];
    return [...values, ...this.#templateLeads(output, text, key, pieces), ...this.#calls(piece, output)];
  }

  #valuesOf(
    leaves: ReadonlySet<number>,
    output: HelmOutput,
    text: string,
    pieces: readonly Piece[],
    decides: (leaf: number) => boolean,
  ): Lead[] {
    return [...leaves].flatMap((leaf) =>
      this.#valueLeads(leaf, output, text, pieces).map(
        (lead): Lead => (decides(leaf) || lead.part === 'dependency' ? lead : { ...lead, part: 'beside' }),
      ),
    );
  }

  /** The pieces that printed a part of a text, each as far as the part's line goes; undefined when it is not there. */
  #holding(
    output: HelmOutput,
    text: string,
    part: string | undefined,
    pieces: readonly Piece[],
  ): readonly Piece[] | undefined {
    const [first, last] = [pieces[0], pieces.at(-1)];
    if (part === undefined || part === '' || first === undefined || last === undefined) return undefined;
    const offsets = this.#of(output, text);
    const [from, to] = [offsets.toUnits(first.start), offsets.toUnits(last.end)];
    const at = text.lastIndexOf(part, to - part.length);
    if (at < from) return undefined;
    const indent = text.slice(text.lastIndexOf('\n', at) + 1).search(/\S/);
    const lineStart = Math.max(text.lastIndexOf('\n', at) + 1 + indent, from);
    const lineEnd = text.slice(0, to).indexOf('\n', at + part.length);
    const [start, end] = [offsets.toBytes(at), offsets.toBytes(at + part.length)];
    return this.#printing(output, text, { start: lineStart, end: lineEnd < 0 ? to : lineEnd }).filter(
      (piece) => piece.start < end && piece.end > start,
    );
  }

  /** Which of the values that were printed together hold a part of the text, as a whole or at least in it. */
  #giving(leaves: readonly number[], part: string): readonly number[] {
    const having = (test: (text: string) => boolean) =>
      leaves.filter((leaf) => test(this.#textOf(leaf) ?? ''));
    const whole = having((scalar) => scalar === part);
    return whole.length > 0 ? whole : having((scalar) => scalar.includes(part));
  }

  /** The text of the action that printed a piece. */
  #actionOf({ isText, source: index, pos }: Piece): string | undefined {
    const source = this.#response.sources[index];
    if (isText || source === undefined || source.inner !== undefined) return undefined;
    const text = this.#places.text(source.file);
    if (text === undefined) return undefined;
    const { start, end } = actionAt(text, this.#places.offsets(source.file).toUnits(pos));
    return text.slice(start, end);
  }

  /** The appVersion of the chart that an output is of, when that is what actions printed. */
  #appVersion(
    output: HelmOutput,
    text: string,
    pieces: readonly Piece[],
    part: string | undefined,
  ): readonly Lead[] {
    const source = this.#response.sources[output.source];
    const computed = pieces.filter((piece) => !piece.isText && piece.valueClass !== valueClasses.exact);
    if (computed.length === 0 || source === undefined || source.inner !== undefined) return [];
    const directory = source.file.slice(0, source.file.search(/(?<=^|\/)templates\//));
    const file = `${directory}Chart.yaml`;
    const found = this.#places.find(file, ['appVersion']);
    if (found?.complete !== true || found.node.type !== 'scalar') return [];
    const value = String(found.node.value);
    const offsets = this.#of(output, text);
    // Variables and helpers hand it on, so that the action that prints it need not name it.
    const isPrinted = computed.some((piece) => {
      const printed = text.slice(offsets.toUnits(piece.start), offsets.toUnits(piece.end));
      const action = this.#actionOf(piece) ?? '';
      if (value === '' || !printed.includes(value) || action.includes('.Chart.Version')) return false;
      return (
        action.includes('.Chart.AppVersion') ||
        (piece.valueClass === valueClasses.builtin && printed === value) ||
        part?.includes(value)
      );
    });
    if (!isPrinted) return [];
    const vendored = this.#vendors.of(file, undefined, aliasesIn(output.name)) !== undefined;
    const span = markOf(found, this.#places.text(file) ?? '');
    return [{ file, ...span, role: 'values', precision: 'action', part: 'value', vendored }];
  }

  /** The text of a leaf that is a scalar. */
  #textOf(index: number): string | undefined {
    const leaf = this.#response.leaves[index];
    const place = leaf && this.#placeOf(leaf);
    if (place === undefined || place.inner !== undefined) return undefined;
    const found = this.#places.find(place.file, place.path);
    const node = found?.node.type === 'alias' ? found.node.target : found?.node;
    return found?.complete && node?.type === 'scalar' ? String(node.value) : undefined;
  }

  /** For maps, lists, empty values and what is missing in them. */
  #leadsOfKey(field: PrintedField, node: Exclude<YamlNode, { type: 'alias' }>): Lead[] {
    const { output, text, found, start } = field;
    const pieces = this.#printing(output, text, moved(keyOf(found), start));
    const container = this.#containerLeads(field, node);
    const [piece] = pieces;
    if (piece === undefined) return container;
    const values =
      container.length > 0
        ? container
        : this.#leavesOf(piece).flatMap((leaf) => this.#valueLeads(leaf, output, text, []));
    return [
      ...values,
      ...this.#templateLeads(output, text, undefined, pieces),
      ...this.#calls(piece, output),
    ];
  }

  /** Where in the values a map or list stands that was printed from there, as a whole or entry by entry. */
  #containerLeads({ output, text, start }: PrintedField, node: Exclude<YamlNode, { type: 'alias' }>): Lead[] {
    if (node.type === 'scalar') return [];
    const names: string[] = [];
    let inner: YamlNode = node;
    while (inner.type === 'map' || inner.type === 'seq') {
      const entry: readonly [string, YamlNode] | undefined =
        inner.type === 'map'
          ? inner.entries[0] && [inner.entries[0].name, inner.entries[0].value]
          : inner.items[0] && ['0', inner.items[0]];
      if (entry === undefined) break;
      names.push(entry[0]);
      inner = entry[1];
    }
    // A literal key among them says that the template makes this map itself.
    const pieces = this.#printing(output, text, { start: start + node.start, end: start + inner.end });
    const piece = pieces.at(-1);
    if (piece === undefined || pieces.some(({ isText }) => isText)) return [];
    const [index, ...others] = this.#leavesOf(piece);
    const leaf = index === undefined ? undefined : this.#response.leaves[index];
    if (leaf === undefined || others.length > 0) return [];
    const cut = leaf.path.length - names.length;
    if (cut < 1 || names.some((name, i) => leaf.path[cut + i] !== name)) return [];
    const above = { ...leaf, path: leaf.path.slice(0, cut) };
    return this.#leafLeads({
      ...above,
      ...(leaf.final !== undefined && { final: leaf.final.slice(0, leaf.final.length - names.length) }),
    });
  }

  #leavesOf({ valueClass, leaf }: Piece): readonly number[] {
    if (leaf < 0) return [];
    if (valueClass === valueClasses.derived) return this.#response.sets[leaf] ?? [];
    return valueClass === valueClasses.exact || valueClass === valueClasses.leafwise ? [leaf] : [];
  }

  /** Where a leaf is set; exact when the pieces are its text and nothing else. */
  #valueLeads(index: number, output: HelmOutput, text: string, pieces: readonly Piece[]): Lead[] {
    const leaf = this.#response.leaves[index];
    if (leaf === undefined) return [];
    const [lead, ...others] = this.#leafLeads(leaf);
    const place = this.#placeOf(leaf);
    const found = place === undefined ? undefined : this.#places.find(place.file, place.path);
    if (lead === undefined) return others;
    const node = found?.node.type === 'alias' ? found.node.target : found?.node;
    const own = pieces.filter((piece) => this.#leavesOf(piece).includes(index));
    const [first] = own;
    if (
      place === undefined ||
      place.inner !== undefined ||
      found?.complete !== true ||
      node?.type !== 'scalar' ||
      first === undefined ||
      own.some(({ valueClass }) => valueClass !== valueClasses.exact)
    )
      return [lead, ...others];
    const offsets = this.#of(output, text);
    const printed = own.map(({ start, end }) => text.slice(offsets.toUnits(start), offsets.toUnits(end)));
    const sourceText = this.#places.text(place.file) ?? '';
    const value = typeof node.value === 'string' ? node.value : sourceText.slice(node.start, node.end);
    const at = new Utf8Offsets(value).toUnits(first.leafPos);
    if (!value.startsWith(printed[0] ?? '', at)) return [lead, ...others];
    // A field inside a text that the values hold is marked on its very line.
    const isInside = /[\r\n]/.test(value) && !/[\r\n]/.test(printed.join('').trim());
    const line = isInside ? lineInScalar(sourceText, node, at) : undefined;
    if (isInside && line === undefined) return [lead, ...others];
    const span = line === undefined ? lead : unindented(sourceText, line.span);
    const { start, end } = span;
    return [{ ...lead, start, end, precision: pieces.length === 1 ? 'exact' : 'action' }, ...others];
  }

  /** A leaf's key in the file that set it and, when that is vendored, what the parent chart can do. */
  #leafLeads(leaf: HelmLeaf): Lead[] {
    const place = this.#placeOf(leaf);
    if (place === undefined) return [];
    const { file, path, inner } = place;
    const vendor = this.#vendors.of(file, inner, leaf.final?.slice(0, 1));
    const found = inner === undefined ? this.#places.find(file, path) : undefined;
    const sourceText = this.#places.text(file) ?? '';
    // A value that is an alias itself is written at its anchor.
    const alias = found?.complete === true && found.node.type === 'alias' ? found.node : undefined;
    const mark: Found | undefined =
      alias === undefined || found === undefined ? found : { ...found, node: alias.target, entry: undefined };
    const base = { file, role: 'values', vendored: vendor !== undefined } as const;
    const lead: Lead = {
      ...base,
      ...(mark === undefined ? { start: 0, end: 0 } : markOf(mark, sourceText)),
      precision: mark === undefined ? 'file' : 'action',
      part: 'value',
      ...(inner !== undefined && { note: `set by ${inner} in the archive` }),
    };
    const aliases = [...(found?.aliases ?? []), ...(alias === undefined ? [] : [alias])].map(
      ({ start, end }): Lead => ({
        ...base,
        start,
        end,
        precision: 'action',
        part: 'beside',
        note: 'used here through an alias',
      }),
    );
    if (vendor === undefined) return [lead, ...aliases];
    return [lead, ...aliases, ...vendor.overrides(leaf.final ?? []), ...vendor.dependency];
  }

  #placeOf(leaf: HelmLeaf): (FilePath & { readonly inner?: string }) | undefined {
    if (leaf.file === undefined || leaf.file === '') return this.#inLayer(leaf);
    return { file: leaf.file, path: leaf.path, ...(leaf.inner !== undefined && { inner: leaf.inner }) };
  }

  /** The line or the action that printed pieces, from the key on when that stands on the same line. */
  #templateLeads(output: HelmOutput, text: string, key: Piece | undefined, pieces: readonly Piece[]): Lead[] {
    const [piece] = pieces;
    const source = piece === undefined ? undefined : this.#response.sources[piece.source];
    if (piece === undefined || source === undefined || source.file === '') return [];
    const { file, inner } = source;
    const vendor = this.#vendors.of(file, inner, aliasesIn(output.name));
    const more = vendor?.dependency ?? [];
    const sourceText = inner === undefined ? this.#places.text(file) : undefined;
    const isHelper =
      baseName(inner ?? file).startsWith('_') ||
      (sourceText !== undefined && this.#isIncluded(piece, sourceText));
    const role = isHelper ? 'helper' : 'template';
    const base = { file, role, part: 'template', vendored: vendor !== undefined } as const;
    if (sourceText === undefined) {
      const line = lineOf(source.text ?? '', piece.pos);
      const note = inner === undefined ? undefined : `rendered by ${inner}:${line} in the archive`;
      return [{ ...base, start: 0, end: 0, precision: 'file', ...(note && { note }) }, ...more];
    }
    const offsets = this.#places.offsets(file);
    const unit = offsets.toUnits(piece.pos);
    const printed = this.#of(output, text);
    let span: Span;
    let exact = false;
    if (piece.isText) {
      const length = printed.toUnits(piece.end) - printed.toUnits(piece.start);
      span = { start: unit, end: unit + length };
      exact =
        pieces.length === 1 &&
        sourceText.slice(span.start, span.end) ===
          text.slice(printed.toUnits(piece.start), printed.toUnits(piece.end));
      span = oneLine(sourceText, span);
    } else span = oneLine(sourceText, actionAt(sourceText, unit));
    if (key?.isText === true && key.source === piece.source) {
      const start = offsets.toUnits(key.pos);
      const oneLiner = !/[\r\n]/.test(sourceText.slice(start, span.start));
      if (start < span.start && (oneLiner || piece.isText))
        span = { start, end: oneLiner ? span.end : offsets.toUnits(key.pos + key.end - key.start) };
    }
    return [{ ...base, ...span, precision: exact ? 'exact' : 'action' }, ...more];
  }

  /** Whether a piece was printed by a `define` that stands in the file that includes it, not by the call itself. */
  #isIncluded({ frame, source, pos }: Piece, sourceText: string): boolean {
    if (frame < 0 || this.#response.frames[frame * 3] !== source) return false;
    const { file } = this.#response.sources[source] ?? { file: '' };
    const offsets = this.#places.offsets(file);
    const call = actionAt(sourceText, offsets.toUnits(this.#response.frames[frame * 3 + 1] ?? 0));
    const unit = offsets.toUnits(pos);
    return unit < call.start || unit >= call.end;
  }

  /** The calls that led to a piece, innermost first. */
  #calls({ frame }: Piece, output: HelmOutput): Lead[] {
    const { frames, sources } = this.#response;
    const leads: Lead[] = [];
    for (let at = frame; at >= 0 && at * 3 < frames.length; at = frames[at * 3 + 2] ?? -1) {
      const source = sources[frames[at * 3] ?? -1];
      if (source === undefined || source.file === '' || leads.length > 20) continue;
      const { file, inner } = source;
      const vendored = this.#vendors.of(file, inner, aliasesIn(output.name)) !== undefined;
      const sourceText = inner === undefined ? this.#places.text(file) : undefined;
      const position = frames[at * 3 + 1] ?? 0;
      const line = lineOf(source.text ?? '', position);
      leads.push({
        file,
        role: baseName(inner ?? file).startsWith('_') ? 'helper' : 'template',
        part: 'call',
        vendored,
        ...(sourceText === undefined
          ? {
              start: 0,
              end: 0,
              precision: 'file',
              ...(inner && { note: `included by ${inner}:${line} in the archive` }),
            }
          : {
              ...oneLine(sourceText, actionAt(sourceText, this.#places.offsets(file).toUnits(position))),
              precision: 'action',
            }),
      });
    }
    return leads;
  }

  /** The pieces of a scalar's content, without quotes. */
  #contentPieces({ output, text, start }: PrintedField, scalar: YamlScalar): Piece[] {
    const quotes = scalar.style === 'single' || scalar.style === 'double' ? 1 : 0;
    return this.#printing(output, text, {
      start: start + scalar.start + quotes,
      end: start + scalar.end - quotes,
    });
  }

  /** The pieces between two places of the output that are more than white space. */
  #printing(output: HelmOutput, text: string, span: Span): Piece[] {
    const offsets = this.#of(output, text);
    return this.#pieces(output, text, span).filter(
      ({ start, end }) => text.slice(offsets.toUnits(start), offsets.toUnits(end)).trim() !== '',
    );
  }

  #pieces(output: HelmOutput, text: string, { start, end }: Span): Piece[] {
    const offsets = this.#of(output, text);
    return piecesOf(output, offsets.toBytes(start), offsets.toBytes(end));
  }

  #of(output: HelmOutput, text: string): Utf8Offsets {
    let offsets = this.#offsets.get(output);
    if (offsets === undefined) {
      offsets = new Utf8Offsets(text);
      this.#offsets.set(output, offsets);
    }
    return offsets;
  }
}

function moved({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

function unindented(text: string, { start, end }: Span): Span {
  return { start: start + Math.max(text.slice(start, end).search(/\S/), 0), end };
}

function oneLine(text: string, { start, end }: Span): Span {
  const lineEnd = text.slice(start, end).search(/[\r\n]/);
  return { start, end: lineEnd < 0 ? end : start + lineEnd };
}

/** 1-based line of a byte offset. */
function lineOf(text: string, byte: number): number {
  return text.slice(0, new Utf8Offsets(text).toUnits(byte)).split('\n').length;
}

/** The names under which charts are subcharts, outermost first, by the name of an output. */
function aliasesIn(name: string): string[] {
  return name
    .split('/charts/')
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('/')));
}

/** The tag or digest of an image: what most that is wrong with images is about. */
function tagOf(key: string | undefined, value: string): string | undefined {
  return key === 'image' ? /[:@]([^:@/]+|sha256:[0-9a-f]+)$/.exec(value)?.[1] : undefined;
}
