import { type Field, isObject } from './field.ts';

export type Labels = ReadonlyMap<string, string>;

/** The labels in a map such as `metadata.labels` or `matchLabels`; none when there is no such map. */
export function labelsAt({ value: map }: Field): Labels {
  const labels = new Map<string, string>();
  if (!isObject(map)) return labels;
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      labels.set(key, String(value));
  }
  return labels;
}

/** Whether all of `wanted` are among `labels`: how a Service selects. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  for (const [key, value] of wanted) if (labels.get(key) !== value) return false;
  return true;
}

/**
 * Whether a LabelSelector (`matchLabels` and `matchExpressions`) selects an object with these labels. An empty
 * selector selects every object; what an absent one means is for the caller to know.
 */
export function matchesSelector(selector: Field, labels: Labels): boolean {
  if (!hasLabels(labels, labelsAt(selector.at('matchLabels')))) return false;
  if (selector.valueAt('matchExpressions') === undefined) return true;
  return selector
    .at('matchExpressions')
    .items()
    .every((expression) => matchesExpression(expression, labels));
}

/** Whether a LabelSelector has no requirement at all; an absent one has none. */
export function isEmptySelector(selector: Field): boolean {
  const labels = selector.valueAt('matchLabels');
  const expressions = selector.valueAt('matchExpressions');
  const hasLabel = isObject(labels) && Object.keys(labels).length > 0;
  return !hasLabel && !(Array.isArray(expressions) && expressions.length > 0);
}

/** `NotIn` and `DoesNotExist` also hold for objects without the label. An unknown operator selects nothing. */
function matchesExpression(expression: Field, labels: Labels): boolean {
  const value = labels.get(expression.at('key').string ?? '');
  const listed = expression
    .at('values')
    .items()
    .some((item) => item.value === value);
  switch (expression.at('operator').value) {
    case 'In':
      return value !== undefined && listed;
    case 'NotIn':
      return value === undefined || !listed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
