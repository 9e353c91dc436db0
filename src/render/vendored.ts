import { fileIn } from '../discover/path.ts';
import { Field } from '../kubernetes/field.ts';
import { markOf } from '../yaml/find.ts';
import { parseYaml } from '../yaml/parse.ts';
import type { YamlDocument } from '../yaml/tree.ts';
import type { Places } from './places.ts';
import type { Lead } from './primary.ts';

/** What can be done about a chart that was fetched from elsewhere and put into `charts/` of another. */
export interface Vendor {
  /** Where the chart that requires it can set a value; `final` is the value's path in the root chart's values. */
  overrides(final: readonly string[]): Lead[];
  /** Its entry among the dependencies; none when there is no such entry. */
  readonly dependency: readonly Lead[];
}

interface Dependency {
  readonly file: string;
  readonly index: number;
  readonly name: string;
  readonly alias: string | undefined;
  /** Whether it is kept in this repository: there is nowhere to fetch it from. */
  readonly local: boolean;
}

/** Tells files of vendored charts from those that a person of this repository edits. */
export class Vendors {
  readonly #places: Places;
  readonly #dependencies = new Map<string, readonly Dependency[]>();
  readonly #vendors = new Map<string, Vendor | undefined>();

  constructor(places: Places) {
    this.#places = places;
  }

  /**
   * The vendored chart that a file belongs to; undefined for the files of this repository's own charts.
   * @param inner the path inside `file` when that is an archive
   * @param aliases names by which the chart may be required, if the same chart is required more than once
   */
  of(file: string, inner: string | undefined, aliases: readonly string[] = []): Vendor | undefined {
    const key = JSON.stringify([file, inner !== undefined, aliases]);
    if (!this.#vendors.has(key)) this.#vendors.set(key, this.#find(file, inner, aliases));
    return this.#vendors.get(key);
  }

  #find(file: string, inner: string | undefined, aliases: readonly string[]): Vendor | undefined {
    for (const { index } of file.matchAll(/(?<=^|\/)charts\//g)) {
      const parent = index === 0 ? '.' : file.slice(0, index - 1);
      if (this.#places.text(fileIn(parent, 'Chart.yaml')) === undefined) continue;
      const [first = '', ...rest] = file.slice(index + 'charts/'.length).split('/');
      const isArchive = rest.length === 0 && inner !== undefined;
      // Archives are named after chart and version.
      const name = isArchive ? first.replace(/-v?\d[^/]*$|\.tgz$/, '') : first;
      const named = this.#dependenciesOf(parent).filter((each) => each.name === name || each.alias === name);
      const entry = named.find(({ alias }) => alias !== undefined && aliases.includes(alias)) ?? named[0];
      if (isArchive || (entry !== undefined && !entry.local)) return this.#vendor(parent, entry, name);
    }
    return undefined;
  }

  #vendor(parent: string, entry: Dependency | undefined, name: string): Vendor {
    const places = this.#places;
    const values = fileIn(parent, 'values.yaml');
    const key = entry?.alias ?? name;
    return {
      overrides(final) {
        // In the parent's own values the path begins with the parent's name for the chart.
        const from = final[0] === 'global' ? 0 : final.indexOf(key);
        const found = from < 0 ? undefined : places.find(values, final.slice(from));
        if (found?.entry === undefined) return [];
        const span = markOf(found, places.text(values) ?? '');
        return [
          { file: values, ...span, role: 'values', precision: 'action', part: 'override', vendored: false },
        ];
      },
      dependency: entry === undefined ? [] : this.#entryLead(entry),
    };
  }

  #entryLead({ file, index }: Dependency): Lead[] {
    const found = this.#places.find(file, ['dependencies', String(index)]);
    if (found === undefined) return [];
    const span = markOf(found, this.#places.text(file) ?? '');
    return [{ file, ...span, role: 'dependency', precision: 'action', part: 'dependency', vendored: false }];
  }

  #dependenciesOf(chart: string): readonly Dependency[] {
    let list = this.#dependencies.get(chart);
    if (list === undefined) {
      list = ['Chart.yaml', 'requirements.yaml'].flatMap((name) => {
        const file = fileIn(chart, name);
        const text = this.#places.text(file);
        return text === undefined ? [] : readDependencies(file, parseYaml(text).documents);
      });
      this.#dependencies.set(chart, list);
    }
    return list;
  }
}

function readDependencies(file: string, [document]: readonly YamlDocument[]): Dependency[] {
  return new Field(document?.value)
    .at('dependencies')
    .items()
    .map((item, index) => {
      const repository = item.at('repository').string ?? '';
      return {
        file,
        index,
        name: item.at('name').string ?? '',
        alias: item.at('alias').string,
        local: repository === '' || repository.startsWith('file://'),
      };
    });
}
