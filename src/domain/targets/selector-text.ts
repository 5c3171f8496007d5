import type { LabelSelector } from './selector.ts';

const KEY = '[A-Za-z0-9](?:[A-Za-z0-9./_-]*[A-Za-z0-9])?';
const VALUE = '(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const forms: readonly { pattern: RegExp; read: (groups: string[]) => Requirement }[] = [
  {
    pattern: new RegExp(`^(${KEY})\\s*==?\\s*(${VALUE})$`),
    read: ([key = '', value = '']) => ({ key, operator: 'In', values: [value] }),
  },
  {
    pattern: new RegExp(`^(${KEY})\\s*!=\\s*(${VALUE})$`),
    read: ([key = '', value = '']) => ({ key, operator: 'NotIn', values: [value] }),
  },
  { pattern: new RegExp(`^(${KEY})$`), read: ([key = '']) => ({ key, operator: 'Exists' }) },
  {
    pattern: new RegExp(`^!\\s*(${KEY})$`),
    read: ([key = '']) => ({ key, operator: 'DoesNotExist' }),
  },
];

/**
 * The selector of a text as kubectl's --selector takes it: `key=value`, `key!=value`, `key` and `!key`, joined by
 * commas (sets in parentheses are not taken). Undefined when it is no such text.
 */
export function parseSelector(text: string): LabelSelector | undefined {
  const matchExpressions: Requirement[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    const form = forms.find(({ pattern }) => pattern.test(part));
    if (form === undefined) return undefined;
    matchExpressions.push(form.read([...(form.pattern.exec(part) ?? [])].slice(1)));
  }
  return { matchExpressions };
}
