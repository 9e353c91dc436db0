import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean "pod/privileged"?` when one of the known words is near, else nothing: the end of a message. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0 || word.length > 100) return '';
  const best = closest(word, known);
  return distance(word, best) <= Math.max(2, word.length / 3) ? ` Did you mean "${best}"?` : '';
}
