import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxDepth, parseBody } from './body.ts';
import { ReviewFailure } from './failure.ts';

const bytes = (text: string) => Buffer.from(text);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('parseBody', () => {
  it('gives what JSON.parse gives, for any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), (text) => {
        fc.pre(!text.includes('__proto__'));
        const wellFormed = text.toWellFormed();
        expect(parseBody(bytes(wellFormed))).toEqual(JSON.parse(wellFormed));
      }),
    );
  });

  it.each([
    ['nothing', bytes(''), 'body: empty, must be an AdmissionReview'],
    ['no JSON', bytes('kind: AdmissionReview'), 'body: not JSON (Unexpected token'],
    ['JSON cut off', bytes('{"a":'), 'body: not JSON (Unexpected end'],
    ['bytes that are no UTF-8', Buffer.of(0x22, 0xff, 0x22), 'body: not UTF-8, must be'],
    ['one level too many', bytes(nested(maxDepth + 1)), 'body: nested deeper than 256 levels'],
    ['100,000 brackets', bytes(nested(100_000)), 'body: nested deeper'],
    ['100,000 open brackets', bytes('['.repeat(100_000)), 'body: nested deeper'],
    ['100,000 open braces', bytes('{"":'.repeat(100_000)), 'body: nested deeper'],
  ])('refuses %s', (_, body, message) => {
    expect(() => parseBody(body)).toThrow(ReviewFailure);
    expect(() => parseBody(body)).toThrow(message);
  });

  it.each([
    ['the deepest nesting', nested(maxDepth)],
    ['many values side by side', `[${'[],'.repeat(1000)}{}]`],
    ['brackets in a string', JSON.stringify('['.repeat(1000))],
    ['brackets in a string after an escaped quote', JSON.stringify(`"${'{'.repeat(1000)}\\`)],
  ])('takes %s', (_, text) => {
    expect(parseBody(bytes(text))).toEqual(JSON.parse(text));
  });

  it.each([
    ['plain', '"__proto__"'],
    ['with an escaped underscore', '"\\u005f_proto__"'],
    ['with an escaped letter', '"__pr\\u006Fto__"'],
  ])('leaves out a key __proto__, %s', (_, key) => {
    const value = parseBody(bytes(`{"a":{${key}:{"admin":true},"b":[{${key}:1}]}}`));
    expect(JSON.stringify(value)).toBe('{"a":{"b":[{}]}}');
    expect(Object.assign({}, (value as { a: object }).a)).not.toHaveProperty('admin');
  });

  it('keeps __proto__ as a value', () => {
    expect(parseBody(bytes('["__proto__"]'))).toEqual(['__proto__']);
  });
});
