/**
 * A place in a Kubernetes object, whether something stands there or not: a value together with its JSON pointer.
 *
 * Objects come from strangers, so any field may hold any type. A Field can be walked without looking first: what is
 * not there, or is not of the type asked for, is simply absent.
 */
export class Field {
  readonly value: unknown;
  readonly parent: Field | undefined;
  /** Property name, or 0-based index in a list; undefined at the root. */
  readonly key: string | number | undefined;

  constructor(value: unknown, parent?: Field, key?: string | number) {
    this.value = value;
    this.parent = parent;
    this.key = key;
  }

  /** Whether a value is set. The API server drops nulls, so null is not. */
  get exists(): boolean {
    return isSet(this.value);
  }

  /** The place that is reached by these property names and 0-based indexes; it need not exist. */
  at(...path: readonly (string | number)[]): Field {
    let field: Field = this;
    for (const key of path) field = new Field(child(field.value, key), field, key);
    return field;
  }

  /** The value that is reached by these property names and 0-based indexes; undefined when there is none. */
  valueAt(...path: readonly (string | number)[]): unknown {
    return valueIn(this.value, path);
  }

  /** The items of a list; none when this is not a list. */
  items(): Field[] {
    return Array.isArray(this.value) ? this.value.map((item, index) => new Field(item, this, index)) : [];
  }

  /** The properties of an object in their order in the file; none when this is not an object. */
  properties(): Field[] {
    const value = this.value;
    if (!isObject(value)) return [];
    return Object.keys(value).map((key) => new Field(value[key], this, key));
  }

  /** The value when it is a string. */
  get string(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  /** JSON pointer (RFC 6901) from the object's root; empty at the root. */
  get pointer(): string {
    if (this.parent === undefined || this.key === undefined) return '';
    return `${this.parent.pointer}/${escapePointer(this.key)}`;
  }
}

/** Whether a value is there; null is not. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Narrows to an object that is neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One token of a JSON pointer, escaped. */
export function escapePointer(token: string | number): string {
  if (typeof token === 'number') return String(token);
  return /[~/]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}

/** The tokens of a JSON pointer, unescaped. */
export function splitPointer(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** As `valueAt` of a Field, for what has none: places are made of what is reported, and most of a walk reports nothing. */
export function valueIn(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const key of path) value = child(value, key);
  return value;
}

function child(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  if (isObject(value) && Object.hasOwn(value, key)) return value[key];
  return undefined;
}
