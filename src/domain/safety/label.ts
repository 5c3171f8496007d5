import type { LabelSelector } from '../targets/selector.ts';

/** A label that has to be there, with a value or with whatever value. */
export interface RequiredLabel {
  readonly key: string;
  readonly value?: string;
  /** As it was written. */
  readonly text: string;
}

/** Reads `key` or `key=value`. */
export function parseRequiredLabel(text: string): RequiredLabel {
  const [key = '', ...rest] = text.split('=');
  return { key, text, ...(rest.length > 0 && { value: rest.join('=') }) };
}

export function hasLabel(
  { key, value }: RequiredLabel,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
}

/** The selector as kubectl's --selector would write it; `everything` for the empty one. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      switch (operator) {
        case 'In':
          return `${key} in (${values.join(', ')})`;
        case 'NotIn':
          return `${key} notin (${values.join(', ')})`;
        case 'Exists':
          return key;
        case 'DoesNotExist':
          return `!${key}`;
      }
    }),
  ];
  return parts.length === 0 ? 'everything' : parts.join(', ');
}
