/** A small generator of pseudo-random numbers below `bound` (mulberry32), the same in every run. */
export function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** A text with up to `most` seeded edits: pieces put in, a few characters taken out. */
export function edited(
  text: string,
  most: number,
  pieces: readonly string[],
  random: (bound: number) => number,
): string {
  let result = text;
  for (let edits = random(most) + 1; edits > 0; edits--) {
    const at = random(result.length + 1);
    const piece = random(4) === 0 ? '' : (pieces[random(pieces.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + random(8));
  }
  return result;
}
