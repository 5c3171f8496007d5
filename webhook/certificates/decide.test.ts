import { expect, it } from 'vitest';
import { type CertificateEffect, decideCertificates } from './decide.ts';
import { certificatesIn } from './inspect.ts';
import type { CertificateSecret, SecretChange } from './secret.ts';
import { day, names, pairAt, t0 } from './test-pairs.ts';
import type { Observed } from './view.ts';

const A = await pairAt(t0);
const B = await pairAt(t0 + 60 * day);
const C = await pairAt(t0 + 60 * day);
const otherNames = await pairAt(t0, ['webhook.elsewhere.svc']);
const pairs = { A, B, C, otherNames };
type Name = keyof typeof pairs;

const due = t0 + 60 * day;
const iso = (epochMs: number) => new Date(epochMs).toISOString();
const ca = (...of: Name[]) => of.map((name) => pairs[name].ca).join('');
const tls = (name: Name) => ({ 'tls.crt': pairs[name].cert, 'tls.key': pairs[name].key });
const next = (name: Name) => ({ 'next.crt': pairs[name].cert, 'next.key': pairs[name].key });
const secret = (
  data: CertificateSecret['data'],
  annotations: CertificateSecret['annotations'] = {},
) => ({ resourceVersion: '7', data, annotations });
const trusting = (...caBundles: string[]) => ({ resourceVersion: '3', caBundles });

/** Texts by the names of their pairs, so that rows can be read. */
function nameOf(text: string | null): string {
  if (text === null) return 'removed';
  for (const [name, pair] of Object.entries(pairs)) {
    if (text === pair.cert || text === pair.key) return name;
  }
  const cas = certificatesIn(text).map(({ fingerprint256 }) =>
    Object.entries(pairs).find(
      ([, pair]) => certificatesIn(pair.ca)[0]?.fingerprint256 === fingerprint256,
    ),
  );
  return cas.map((found) => found?.[0]).join('+');
}

function sayChange({ resourceVersion, data, annotations }: SecretChange): string {
  const keys = Object.entries(data).map(([key, text]) => `${key}=${nameOf(text)}`);
  const notes = Object.entries(annotations).map(
    ([key, text]) => `${key.replace('squall.dev/', '@')}=${text ?? 'removed'}`,
  );
  return [`of ${resourceVersion ?? 'none'}:`, ...keys, ...notes].join(' ');
}

function say(effect: CertificateEffect): string {
  switch (effect.kind) {
    case 'issue': {
      const { slot, alsoTrusted, change } = effect.issuance;
      return `issue ${slot} behind [${nameOf(alsoTrusted)}] ${sayChange(change)}`;
    }
    case 'write':
      return `write ${sayChange(change(effect))}`;
    case 'trust':
      return `trust ${nameOf(effect.caBundle)} in ${effect.entries} of ${effect.resourceVersion}`;
  }
}

const change = (effect: { readonly change: SecretChange }) => effect.change;

interface Row {
  readonly when: string;
  readonly observed: Partial<Observed>;
  /** Default: a day after A was issued. */
  readonly now?: number;
  readonly effects: readonly string[];
  readonly serve?: Name;
  readonly trusted?: boolean | undefined;
  readonly wakeAt?: number;
}

const current = { ...tls('A'), 'ca.crt': ca('A') };
const pending = { ...tls('A'), ...next('B'), 'ca.crt': ca('B', 'A') };
const promotion =
  'tls.crt=B tls.key=B next.crt=removed next.key=removed ca.crt=B+A @next-trusted-since=removed';
const since = (epochMs: number) => ({ 'squall.dev/next-trusted-since': iso(epochMs) });

const rows: Row[] = [
  {
    when: 'there is no Secret: it is created with a pair',
    observed: { secret: 'absent', webhookConfiguration: trusting('', '') },
    effects: [
      `issue tls behind [] of none: next.crt=removed next.key=removed @next-trusted-since=removed @rotated=removed @promoted-at=${iso(t0 + day)}`,
    ],
    trusted: undefined,
  },
  {
    when: 'there is neither Secret nor configuration: the same',
    observed: { secret: 'absent', webhookConfiguration: 'absent' },
    effects: [
      `issue tls behind [] of none: next.crt=removed next.key=removed @next-trusted-since=removed @rotated=removed @promoted-at=${iso(t0 + day)}`,
    ],
    trusted: false,
  },
  {
    when: 'there is no Secret and other replicas serve what the configuration trusts: that stays trusted',
    observed: { secret: 'absent', webhookConfiguration: trusting(ca('B', 'A')) },
    effects: [
      `issue tls behind [B+A] of none: next.crt=removed next.key=removed @next-trusted-since=removed @rotated=removed @promoted-at=${iso(t0 + day)}`,
    ],
    trusted: undefined,
  },
  {
    when: 'there is no Secret and what is trusted cannot be read: nothing is dropped from it',
    observed: { secret: 'absent', webhookConfiguration: 'unreadable' },
    effects: [],
    trusted: undefined,
  },
  {
    when: 'the Secret cannot be read: what is served is served on',
    observed: {
      secret: 'unreadable',
      webhookConfiguration: trusting(ca('A')),
      serving: A,
    },
    effects: [],
    serve: 'A',
  },
  {
    when: 'the Secret cannot be read and nothing is served: nothing',
    observed: { secret: 'unreadable', webhookConfiguration: trusting(ca('A')) },
    effects: [],
    trusted: undefined,
  },
  {
    when: 'all is well: it waits for 2/3 of the lifetime',
    observed: { secret: secret(current), webhookConfiguration: trusting(ca('A'), ca('A')) },
    effects: [],
    serve: 'A',
    wakeAt: due,
  },
  {
    when: 'one entry of the configuration has another caBundle: every entry gets ours',
    observed: { secret: secret(current), webhookConfiguration: trusting(ca('A'), '') },
    effects: ['trust A in 2 of 3'],
    serve: 'A',
    trusted: false,
  },
  {
    when: 'the caBundle has more than ours: it gets ours',
    observed: { secret: secret(current), webhookConfiguration: trusting(ca('C', 'A')) },
    effects: ['trust A in 1 of 3'],
    serve: 'A',
  },
  {
    when: 'the caBundle is no PEM: it gets ours',
    observed: { secret: secret(current), webhookConfiguration: trusting('\u0000 nonsense') },
    effects: ['trust A in 1 of 3'],
    serve: 'A',
    trusted: false,
  },
  {
    when: 'there is no configuration: it serves and waits',
    observed: { secret: secret(current), webhookConfiguration: 'absent' },
    effects: [],
    serve: 'A',
    trusted: false,
    wakeAt: due,
  },
  {
    when: 'the configuration has no entry: nothing trusts it',
    observed: { secret: secret(current), webhookConfiguration: trusting() },
    effects: [],
    serve: 'A',
    trusted: false,
    wakeAt: due,
  },
  {
    when: 'the configuration cannot be read: it serves, and says nothing of trust',
    observed: { secret: secret(current), webhookConfiguration: 'unreadable' },
    effects: [],
    serve: 'A',
    trusted: undefined,
    wakeAt: due,
  },
  {
    when: '2/3 of the lifetime are over: a successor is issued',
    now: due,
    observed: { secret: secret(current), webhookConfiguration: trusting(ca('A')) },
    effects: ['issue next behind [A] of 7: @next-trusted-since=removed @rotated=removed'],
    serve: 'A',
  },
  {
    when: 'it has other names: a successor is issued',
    observed: {
      secret: secret({ ...tls('otherNames'), 'ca.crt': ca('otherNames') }),
      webhookConfiguration: trusting(ca('otherNames')),
    },
    effects: ['issue next behind [otherNames] of 7: @next-trusted-since=removed @rotated=removed'],
    serve: 'otherNames',
  },
  {
    when: 'a rotation is asked for: a successor is issued and the request noted',
    observed: {
      secret: secret(current, { 'squall.dev/rotate': 'leak', 'squall.dev/rotated': 'before' }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: ['issue next behind [A] of 7: @next-trusted-since=removed @rotated=leak'],
    serve: 'A',
  },
  {
    when: 'the rotation that was asked for is done: nothing',
    observed: {
      secret: secret(current, { 'squall.dev/rotate': 'leak', 'squall.dev/rotated': 'leak' }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: [],
    serve: 'A',
    wakeAt: due,
  },
  {
    when: 'the request for a rotation is taken back after it: nothing',
    observed: {
      secret: secret(current, { 'squall.dev/rotated': 'leak' }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: [],
    serve: 'A',
    wakeAt: due,
  },
  {
    when: 'a rotation is asked for within a minute of the last promotion: it waits for slow replicas',
    now: t0 + day,
    observed: {
      secret: secret(current, {
        'squall.dev/rotate': 'leak',
        'squall.dev/promoted-at': iso(t0 + day - 59_999),
      }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: [],
    serve: 'A',
    wakeAt: t0 + day + 1,
  },
  {
    when: 'the note of the last promotion is nonsense: it does not hold up a rotation',
    observed: {
      secret: secret(current, { 'squall.dev/rotate': 'leak', 'squall.dev/promoted-at': 'x' }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: ['issue next behind [A] of 7: @next-trusted-since=removed @rotated=leak'],
    serve: 'A',
  },
  {
    when: 'the note of the last promotion is of next year: it does not hold up a rotation',
    observed: {
      secret: secret(current, {
        'squall.dev/rotate': 'leak',
        'squall.dev/promoted-at': iso(t0 + 365 * day),
      }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: ['issue next behind [A] of 7: @next-trusted-since=removed @rotated=leak'],
    serve: 'A',
  },
  {
    when: 'a successor is there: its CA goes into the configuration',
    now: due,
    observed: { secret: secret(pending), webhookConfiguration: trusting(ca('A'), ca('A')) },
    effects: ['trust B+A in 2 of 3'],
    serve: 'A',
  },
  {
    when: 'the successor is trusted: the time is noted',
    now: due,
    observed: { secret: secret(pending), webhookConfiguration: trusting(ca('B', 'A')) },
    effects: [`write of 7: @next-trusted-since=${iso(due)}`],
    serve: 'A',
  },
  {
    when: 'the successor has been trusted for less than 30 s: it waits for the rest',
    now: due,
    observed: {
      secret: secret(pending, since(due - 29_999)),
      webhookConfiguration: trusting(ca('B', 'A')),
    },
    effects: [],
    serve: 'A',
    wakeAt: due + 1,
  },
  {
    when: 'the successor has been trusted for 30 s: it is promoted, the former CA stays',
    now: due,
    observed: {
      secret: secret(pending, since(due - 30_000)),
      webhookConfiguration: trusting(ca('B', 'A')),
    },
    effects: [`write of 7: ${promotion} @promoted-at=${iso(due)}`],
    serve: 'A',
  },
  {
    when: 'the time is up and the configuration cannot be read: no promotion',
    now: due,
    observed: {
      secret: secret(pending, since(due - 30_000)),
      webhookConfiguration: 'unreadable',
    },
    effects: [],
    serve: 'A',
    trusted: undefined,
    wakeAt: due,
  },
  {
    when: 'the time is up and one entry no longer trusts the successor: the time begins anew',
    now: due,
    observed: {
      secret: secret(pending, since(due - 30_000)),
      webhookConfiguration: trusting(ca('B', 'A'), ca('A')),
    },
    effects: ['write of 7: @next-trusted-since=removed', 'trust B+A in 2 of 3'],
    serve: 'A',
  },
  {
    when: 'the note of trust is nonsense: the time begins anew',
    now: due,
    observed: {
      secret: secret(pending, { 'squall.dev/next-trusted-since': 'yesterday' }),
      webhookConfiguration: trusting(ca('B', 'A')),
    },
    effects: [`write of 7: @next-trusted-since=${iso(due)}`],
    serve: 'A',
  },
  {
    when: 'the note of trust is of next year: the time begins anew',
    now: due,
    observed: {
      secret: secret(pending, since(due + 365 * day)),
      webhookConfiguration: trusting(ca('B', 'A')),
    },
    effects: [`write of 7: @next-trusted-since=${iso(due)}`],
    serve: 'A',
  },
  {
    when: 'there is no configuration: a successor is promoted in its time all the same',
    now: due,
    observed: {
      secret: secret(pending, since(due - 30_000)),
      webhookConfiguration: 'absent',
    },
    effects: [`write of 7: ${promotion} @promoted-at=${iso(due)}`],
    serve: 'A',
    trusted: false,
  },
  {
    when: 'a rotation is asked for while a successor waits: that one comes first',
    now: due,
    observed: {
      secret: secret(pending, { ...since(due), 'squall.dev/rotate': 'leak' }),
      webhookConfiguration: trusting(ca('B', 'A')),
    },
    effects: [],
    serve: 'A',
    wakeAt: due + 30_000,
  },
  {
    when: 'the successor is promoted: it is served, the former CA stays trusted',
    now: due + 30_000,
    observed: {
      secret: secret({ ...tls('B'), 'ca.crt': ca('B', 'A') }),
      webhookConfiguration: trusting(ca('B', 'A')),
      serving: A,
    },
    effects: [],
    serve: 'B',
    wakeAt: due + 60 * day,
  },
  {
    when: 'another replica replaced a lost pair by a new one: memory is served on until API servers know that',
    now: due + 29_999,
    observed: {
      secret: secret({ ...tls('B'), 'ca.crt': ca('B', 'A') }),
      webhookConfiguration: trusting(ca('B', 'A')),
      serving: A,
    },
    effects: [],
    serve: 'A',
    wakeAt: due + 60 * day,
  },
  {
    when: 'the successor is promoted and what is trusted cannot be read: memory is served on',
    now: due + 60_000,
    observed: {
      secret: secret({ ...tls('B'), 'ca.crt': ca('B', 'A') }),
      webhookConfiguration: 'unreadable',
      serving: A,
    },
    effects: [],
    serve: 'A',
    trusted: undefined,
    wakeAt: due + 60 * day,
  },
  {
    when: 'the next successor is issued: the CA before the current one goes',
    now: due + 60 * day,
    observed: {
      secret: secret({ ...tls('B'), 'ca.crt': ca('B', 'A') }),
      webhookConfiguration: trusting(ca('B', 'A')),
    },
    effects: ['issue next behind [B] of 7: @next-trusted-since=removed @rotated=removed'],
    serve: 'B',
  },
  {
    when: 'the Secret has a pair that is not trusted yet, memory one that is: memory is served on',
    now: due,
    observed: {
      secret: secret({ ...tls('B'), 'ca.crt': ca('B', 'A') }),
      webhookConfiguration: trusting(ca('A')),
      serving: A,
    },
    effects: ['trust B+A in 1 of 3'],
    serve: 'A',
  },
  {
    when: 'the current pair has expired and a successor waits: it is promoted at once',
    now: t0 + 90 * day,
    observed: {
      secret: secret(pending),
      webhookConfiguration: trusting(ca('A')),
      serving: A,
    },
    effects: [`write of 7: ${promotion} @promoted-at=${iso(t0 + 90 * day)}`],
    serve: 'A',
  },
  {
    when: 'the current pair has expired and there is no successor: a new pair takes its place at once',
    now: t0 + 90 * day,
    observed: { secret: secret(current), webhookConfiguration: trusting(ca('A')) },
    effects: [
      `issue tls behind [A] of 7: next.crt=removed next.key=removed @next-trusted-since=removed @rotated=removed @promoted-at=${iso(t0 + 90 * day)}`,
    ],
    trusted: undefined,
  },
  {
    when: 'the Secret is gone and the pair is in memory: it is restored, and rotated later',
    observed: { secret: 'absent', webhookConfiguration: trusting(ca('B', 'A')), serving: A },
    effects: [
      `write of none: tls.crt=A tls.key=A ca.crt=A+B @rotate=restored at ${iso(t0 + day)} @promoted-at=${iso(t0 + day)}`,
    ],
    serve: 'A',
  },
  {
    when: 'the Secret was emptied and the pair is in memory: the same',
    observed: { secret: secret({}), webhookConfiguration: trusting(ca('A')), serving: A },
    effects: [
      `write of 7: tls.crt=A tls.key=A ca.crt=A @rotate=restored at ${iso(t0 + day)} @promoted-at=${iso(t0 + day)}`,
    ],
    serve: 'A',
  },
  {
    when: 'the key is of another certificate and the pair is in memory: the same, a successor stays',
    now: due,
    observed: {
      secret: secret({ ...pending, 'tls.key': C.key }),
      webhookConfiguration: trusting(ca('B', 'A')),
      serving: A,
    },
    effects: [
      `write of 7: tls.crt=A tls.key=A ca.crt=B+A @rotate=restored at ${iso(due)} @promoted-at=${iso(due)}`,
    ],
    serve: 'A',
  },
  {
    when: 'the Secret was emptied and the configuration cannot be read: memory is served on',
    observed: { secret: secret({}), webhookConfiguration: 'unreadable', serving: A },
    effects: [],
    serve: 'A',
    trusted: undefined,
  },
  {
    when: 'the pair is nonsense and memory is empty: a new one takes its place at once',
    observed: {
      secret: secret({ 'tls.crt': 'x', 'tls.key': 'y', 'ca.crt': 'z' }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: [
      `issue tls behind [A] of 7: next.crt=removed next.key=removed @next-trusted-since=removed @rotated=removed @promoted-at=${iso(t0 + day)}`,
    ],
    trusted: undefined,
  },
  {
    when: 'nobody knows the CA of the pair: a new one takes its place at once',
    observed: { secret: secret(tls('A')), webhookConfiguration: trusting('') },
    effects: [
      `issue tls behind [] of 7: next.crt=removed next.key=removed @next-trusted-since=removed @rotated=removed @promoted-at=${iso(t0 + day)}`,
    ],
    trusted: undefined,
  },
  {
    when: 'the bundle was lost: the CA is taken from the configuration',
    observed: { secret: secret(tls('A')), webhookConfiguration: trusting(ca('A')) },
    effects: ['write of 7: ca.crt=A'],
    serve: 'A',
  },
  {
    when: 'the bundle has been added to during a rotation: it is put right first',
    now: due,
    observed: {
      secret: secret({ ...pending, 'ca.crt': ca('B', 'A', 'C') }),
      webhookConfiguration: trusting(ca('A')),
    },
    effects: ['write of 7: ca.crt=B+A'],
    serve: 'A',
  },
  {
    when: 'the successor was damaged: another is issued',
    now: due,
    observed: {
      secret: secret({ ...pending, 'next.key': 'x' }, since(due - 5000)),
      webhookConfiguration: trusting(ca('B', 'A')),
    },
    effects: ['issue next behind [A] of 7: @next-trusted-since=removed @rotated=removed'],
    serve: 'A',
  },
];

it.each(rows)('$when', ({ observed, now = t0 + day, effects, serve, wakeAt, ...row }) => {
  const decision = decideCertificates(
    { secret: 'absent', webhookConfiguration: 'absent', serving: undefined, names, ...observed },
    now,
  );
  expect(decision.effects.map(say)).toEqual(effects);
  expect(decision.serve).toEqual(serve && pairs[serve]);
  expect(decision.trusted).toBe('trusted' in row ? row.trusted : true);
  expect(decision.wakeAt).toBe(wakeAt);
});
