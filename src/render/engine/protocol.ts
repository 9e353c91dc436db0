import type { ValuesLayer } from '../../discover/target.ts';

/**
 * What the render engine is asked and what it answers. The Go side (engine/helm/types.go, engine/kustomize/types.go,
 * engine/fault/fault.go) documents every field; all paths are relative to the repository, all positions count bytes.
 */

/** A file of the repository, as the engine gets it. */
export interface EngineFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface HelmRequest {
  readonly op: 'helm';
  readonly chart: string;
  /** `from` is not sent. */
  readonly values: readonly ValuesLayer[];
  readonly release?: string;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  readonly noTrace?: boolean;
  readonly files: readonly EngineFile[];
}

export interface HelmResponse {
  readonly name: string;
  readonly outputs: readonly HelmOutput[];
  readonly crds: readonly HelmOutput[];
  readonly sources: readonly HelmSource[];
  /** Three numbers a frame: source, position, parent. */
  readonly frames: Int32Array;
  readonly leaves: readonly HelmLeaf[];
  readonly sets: readonly (readonly number[])[];
  readonly read: readonly string[];
}

export interface HelmOutput {
  readonly name: string;
  readonly source: number;
  readonly bytes: Uint8Array;
  /** {@link segmentFields} numbers a segment: off, kind | class << 8, source, pos, frame, leaf, leafPos. */
  readonly segments: Int32Array;
}

export const segmentFields = 7;
export const segmentKinds = { text: 0, action: 1 } as const;
export const valueClasses = {
  none: 0,
  exact: 1,
  leafwise: 2,
  derived: 3,
  builtin: 4,
  constant: 5,
} as const;

export interface HelmSource {
  readonly file: string;
  readonly inner?: string;
  readonly text?: string;
}

export interface HelmLeaf {
  readonly layer: number;
  readonly file?: string;
  readonly inner?: string;
  readonly path: readonly string[];
  readonly final?: readonly string[];
}

export interface KustomizeRequest {
  readonly op: 'kustomize';
  readonly root: string;
  readonly remotes?: Readonly<Record<string, string>>;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  readonly noTrace?: boolean;
  readonly files: readonly EngineFile[];
}

export interface KustomizeResponse {
  readonly documents: readonly KustomizeDocument[];
  readonly origins: OriginTable;
  readonly left: readonly KustomizeLeft[];
  readonly read: readonly string[];
  readonly missing: readonly string[];
  readonly charts: readonly HelmResponse[];
}

/** Origins by index from 0. There are many, of which few are asked for. */
export interface OriginTable {
  readonly length: number;
  at(index: number): KustomizeOrigin | undefined;
}

export interface KustomizeDocument {
  readonly bytes: Uint8Array;
  /** Two indexes into `origins` for every node in pre-order: value, key. */
  readonly nodes: Int32Array;
  /** The entries that patches took out of maps that are still there. */
  readonly removed: readonly KustomizeRemoval[];
}

/** An entry that a patch took out of a map. */
export interface KustomizeRemoval {
  /** Number of the map, as in `KustomizeDocument.nodes`. */
  readonly node: number;
  readonly key: string;
  /** Index into `origins` of the place in the patch. */
  readonly origin: number;
}

export interface KustomizeOrigin {
  readonly role: 'base' | 'patch' | 'kustomization' | 'generator' | 'chart';
  readonly file?: string;
  readonly chart?: number;
  readonly output?: number;
  readonly pointer?: readonly string[];
  readonly inner?: boolean;
  readonly op?: readonly string[];
  readonly line?: number;
  readonly column?: number;
  readonly via: number;
  readonly replaced: number;
  readonly also: number;
  readonly exact: boolean;
}

export interface KustomizeLeft {
  readonly file: string;
  readonly pointer: readonly string[];
  readonly kind: 'remote' | 'plugin' | 'function' | 'chart';
  readonly text: string;
}

/** Why the engine could not render something. */
export interface Fault {
  readonly code:
    | 'chart'
    | 'dependency'
    | 'values'
    | 'schema'
    | 'template'
    | 'kustomize'
    | 'limit'
    | 'internal';
  readonly message: string;
  readonly file?: string;
  readonly inner?: string;
  readonly line?: number;
  readonly column?: number;
  readonly missing?: readonly string[];
  readonly needs?: readonly (readonly string[])[];
}

export type EngineAnswer<Response> = { readonly ok: Response } | { readonly fault: Fault };

/** Renders charts and builds kustomizations. A request never throws for what a repository holds. */
export interface RenderEngine {
  /** Gets ready for requests that are to come; what fails here fails again with them. */
  start?(): Promise<void>;
  helm(request: HelmRequest): Promise<EngineAnswer<HelmResponse>>;
  kustomize(request: KustomizeRequest): Promise<EngineAnswer<KustomizeResponse>>;
  close(): Promise<void>;
}
