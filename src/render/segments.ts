import { type HelmOutput, segmentFields, segmentKinds } from './engine/protocol.ts';

/** Bytes of an output that come from one place. */
export interface Piece {
  /** Byte offsets in the output, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Whether the bytes are those of the source; else an action printed them. */
  readonly isText: boolean;
  readonly valueClass: number;
  readonly source: number;
  /** Byte offset in the source: of the first byte, or of the action. */
  readonly pos: number;
  /** -1 for none. */
  readonly frame: number;
  readonly leaf: number;
  /** Of the first byte in the leaf's scalar, in bytes. */
  readonly leafPos: number;
}

/** The pieces of an output between two byte offsets, cut to them. */
export function piecesOf({ segments, bytes }: HelmOutput, from: number, to: number): Piece[] {
  const count = segments.length / segmentFields;
  const at = (index: number, field: number) => segments[index * segmentFields + field] ?? -1;
  let low = 0;
  let high = count;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(middle, 0) <= from) low = middle;
    else high = middle;
  }
  const pieces: Piece[] = [];
  for (let index = low; index < count && at(index, 0) < to; index++) {
    const begin = at(index, 0);
    const start = Math.max(begin, from);
    const end = Math.min(index + 1 < count ? at(index + 1, 0) : bytes.length, to);
    if (start >= end) continue;
    const isText = (at(index, 1) & 0xff) === segmentKinds.text;
    const skipped = start - begin;
    pieces.push({
      start,
      end,
      isText,
      valueClass: at(index, 1) >> 8,
      source: at(index, 2),
      pos: at(index, 3) + (isText ? skipped : 0),
      frame: at(index, 4),
      leaf: at(index, 5),
      leafPos: at(index, 6) + skipped,
    });
  }
  return pieces;
}
