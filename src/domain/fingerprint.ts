import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256 of the UTF-8 text. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with object keys in code-unit order at every depth: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
