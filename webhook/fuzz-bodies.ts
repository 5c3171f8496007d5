import fc from 'fast-check';

export interface FuzzBody {
  /** For a failing test's message. */
  readonly what: string;
  readonly contentType: string;
  /** The answer's HTTP status is one of these. */
  readonly expected: readonly number[];
  /** Made when it is asked for: some have megabytes. */
  readonly bytes: () => Buffer;
}

/**
 * Bodies for POST /validate, good and bad; the same for the same seed. About one in fifty has more than a megabyte.
 */
export function fuzzBodies(seed: number, count: number): FuzzBody[] {
  return fc.sample(fuzzBody, { seed, numRuns: count });
}

type Json = { readonly [key: string]: unknown } | readonly unknown[];
type Path = readonly (string | number)[];

const answered = [200];
const refused = [400];
const either = [200, 400];

const user = {
  username: 'fuzz@example.com',
  uid: 'f7f4a1d2-0000-4000-8000-000000000001',
  groups: ['developers', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/credential-id': ['JTI=1'] },
};

const experiment = {
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'ChaosExperiment',
  metadata: {
    name: 'fuzz',
    namespace: 'default',
    uid: 'f7f4a1d2-0000-4000-8000-000000000002',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: { 'example.com/note': 'a < b && c > d' },
  },
  spec: {
    action: 'pod-network-loss',
    targets: { selector: { matchLabels: { app: 'web' } }, count: '50%', mode: 'static' },
    duration: '60s',
    direction: 'both',
    lossPercentage: 20,
    peers: [{ cidr: '10.0.0.0/8', ports: [{ port: 80, protocol: 'TCP' }] }],
    safety: { maxPercentage: 50 },
  },
};

const policy = {
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'SafetyPolicy',
  metadata: { name: 'fuzz', uid: 'f7f4a1d2-0000-4000-8000-000000000003', generation: 1 },
  spec: {
    maxPercentage: 30,
    maxDuration: '10m',
    protectedNamespaces: ['payments'],
    productionNamespaces: { matchLabels: { env: 'production' } },
  },
};

/** Whole reviews, as kube-apiserver sends them. */
const reviews: readonly Json[] = [
  review('CREATE', 'ChaosExperiment', 'chaosexperiments', { namespace: 'default' }, experiment),
  review('UPDATE', 'ChaosExperiment', 'chaosexperiments', { namespace: 'default' }, experiment, {
    ...experiment,
    spec: { ...experiment.spec, lossPercentage: 10 },
  }),
  review('DELETE', 'ChaosExperiment', 'chaosexperiments', { namespace: 'default' }, null, policy),
  review('CREATE', 'SafetyPolicy', 'safetypolicies', {}, policy),
  review('UPDATE', 'SafetyPolicy', 'safetypolicies', {}, policy, policy),
];

function review(
  operation: string,
  kind: string,
  resource: string,
  scope: object,
  object: Json | null,
  oldObject: Json | null = null,
): Json {
  const [group, version] = ['squall.dev', 'v1alpha1'];
  const request = {
    uid: 'f7f4a1d2-0000-4000-8000-000000000000',
    kind: { group, version, kind },
    resource: { group, version, resource },
    requestKind: { group, version, kind },
    requestResource: { group, version, resource },
    name: 'fuzz',
    ...scope,
    operation,
    userInfo: user,
    object,
    oldObject,
    dryRun: true,
    options: { apiVersion: 'meta.k8s.io/v1', kind: `${operation}Options` },
  };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
}

/** Each place in a value below its root. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, key]))
      : [];
  return path.length > 0 ? [path, ...below] : below;
}

/** A copy with another value in one place, or without it when that is undefined. */
function withValue(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...(value as object) };
  const inside = copy[key];
  const holds = rest.length === 0 || (typeof inside === 'object' && inside !== null);
  if (holds) copy[key] = withValue(inside, rest, other);
  return copy;
}

const oddString = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\ud800',
    '$(KUBECONFIG)',
    '-1s',
    '1e400',
  ),
);

const oddValue = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 0, -1, 1e308, 2 ** 53, 0.1, '', [], {}),
  oddString,
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(oddString, { maxLength: 20 }),
);

const anyReview = fc.constantFrom(...reviews);
const text = (value: unknown) => () => Buffer.from(JSON.stringify(value));

function body(what: string, expected: readonly number[], bytes: () => Buffer): FuzzBody {
  return { what, contentType: 'application/json', expected, bytes };
}

/** Anywhere, the envelope included. */
const mutatedReview = fc
  .tuple(anyReview, fc.array(fc.tuple(fc.nat(), oddValue), { minLength: 1, maxLength: 4 }))
  .map(([base, mutations]) => {
    const paths = pathsIn(base);
    const mutated = mutations.reduce<unknown>(
      (value, [at, other]) => withValue(value, paths[at % paths.length] ?? [], other),
      base,
    );
    return body('a review with other values', either, text(mutated));
  });

/** Of the object only, which is the rules' business: the envelope stays good. */
const mutatedObject = fc
  .tuple(
    anyReview,
    fc.constantFrom('object', 'oldObject'),
    fc.array(fc.tuple(fc.nat(), oddValue), { minLength: 1, maxLength: 4 }),
  )
  .map(([base, field, mutations]) => {
    const paths = pathsIn(base).filter((path) => path[1] === field);
    const mutated = mutations.reduce<unknown>(
      (value, [at, other]) => withValue(value, paths[at % paths.length] ?? [], other),
      base,
    );
    return body(`a review with another ${field}`, answered, text(mutated));
  });

const brokenEnvelope = fc
  .tuple(
    anyReview,
    fc.constantFrom<readonly [Path, unknown]>(
      [['kind'], 'AdmissionReviewList'],
      [['kind'], undefined],
      [['apiVersion'], 'admission.k8s.io/v1beta1'],
      [['apiVersion'], 1],
      [['request'], undefined],
      [['request'], []],
      [['request', 'uid'], undefined],
      [['request', 'uid'], ''],
      [['request', 'uid'], 'u'.repeat(100_000)],
      [['request', 'operation'], 'PATCH'],
      [['request', 'operation'], 'create'],
      [['request', 'kind'], 'ChaosExperiment'],
      [['request', 'kind', 'kind'], undefined],
      [['request', 'resource'], null],
      [['request', 'name'], 7],
      [['request', 'dryRun'], 'true'],
      [['request', 'userInfo'], undefined],
      [['request', 'userInfo', 'username'], ''],
      [
        ['request', 'userInfo', 'groups'],
        ['a', 1],
      ],
      [['request', 'userInfo', 'extra'], { key: 'value' }],
    ),
  )
  .map(([base, [path, other]]) =>
    body(`wrong ${path.join('.')}`, refused, text(withValue(base, path, other))),
  );

const hugeString = fc
  .tuple(anyReview, fc.nat(), fc.integer({ min: 10, max: 21 }), fc.constantFrom('a', '<', 'ä', '"'))
  .map(([base, at, log2, letter]) => {
    const paths = pathsIn(base).filter(([, , field]) => field !== undefined);
    const path = paths[at % paths.length] ?? [];
    const huge = () => withValue(base, path, letter.repeat(2 ** log2));
    return body(`a string of 2^${log2} at ${path.join('.')}`, either, () => text(huge())());
  });

const tooLarge = fc
  .integer({ min: 7, max: 9 })
  .map((mebibytes) =>
    body('a review above the limit', [413], () =>
      text(withValue(reviews[0], ['request', 'object', 'spec'], 'a'.repeat(mebibytes * 2 ** 20)))(),
    ),
  );

const truncated = fc
  .tuple(anyReview, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))
  .map(([base, share]) => {
    const whole = JSON.stringify(base);
    const cut = whole.slice(0, Math.floor(whole.length * share));
    return body(`a review cut off after ${cut.length}`, refused, () => Buffer.from(cut));
  });

const deep = fc
  .tuple(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom('[', '{"a":'), fc.boolean())
  .chain(([depth, open, closed]) => {
    const close = open === '[' ? ']' : '}';
    const nest = () => open.repeat(depth) + (closed ? `1${close.repeat(depth)}` : '');
    const inside = () =>
      JSON.stringify(withValue(reviews[0], ['request', 'object'], '@')).replace('"@"', nest);
    return fc.constantFrom(
      body(`${depth} times ${open}`, refused, () => Buffer.from(nest())),
      body(`an object of ${depth} times ${open}`, either, () => Buffer.from(inside())),
    );
  });

const randomBytes = fc
  .uint8Array({ maxLength: 4096 })
  .map((bytes) => body('random bytes', refused, () => Buffer.from(bytes)));

const notAReview = fc
  .oneof(
    oddValue,
    fc.jsonValue(),
    fc.constantFrom(reviews, [reviews[0]], Number.MAX_VALUE, JSON.stringify({})),
  )
  .map((value) => body('JSON that is no review', refused, text(value ?? null)));

const flipped = fc
  .tuple(anyReview, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }))
  .map(([base, flips]) =>
    body('a review with other bytes', either, () => {
      const bytes = text(base)();
      for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
      return bytes;
    }),
  );

const poisoned = fc
  .tuple(
    fc.constantFrom('"__proto__"', '"\\u005f_proto__"', '"constructor"', '"__pr\\u006fto__"'),
    fc.constantFrom('{"allowed":true}', '{"prototype":{"uid":"x"}}', 'null', '[]'),
    fc.constantFrom('"request":{', '"object":{', '"spec":{', '"userInfo":{', '{"apiVersion"'),
  )
  .map(([key, value, before]) => {
    const whole = JSON.stringify(reviews[0]);
    const place = before.endsWith('{')
      ? `${before}${key}:${value},`
      : `{${key}:${value},"apiVersion"`;
    return body(`${key} in ${before}`, answered, () => Buffer.from(whole.replace(before, place)));
  });

const encoded = fc
  .tuple(anyReview, fc.constantFrom<BufferEncoding>('utf16le', 'base64', 'hex'))
  .map(([base, encoding]) => {
    const whole = JSON.stringify(base);
    const bytes = () =>
      encoding === 'utf16le'
        ? Buffer.from(whole, encoding)
        : Buffer.from(Buffer.from(whole).toString(encoding));
    return body(`a review as ${encoding}`, refused, bytes);
  });

const otherType = fc
  .tuple(anyReview, fc.constantFrom('text/plain', 'application/yaml', 'multipart/form-data', 'x'))
  .map(([base, contentType]) => ({ ...body(contentType, [415], text(base)), contentType }));

const good = anyReview.map((base) => body('a good review', answered, text(base)));

/** One of `fuzzBodies`. */
export const fuzzBody: fc.Arbitrary<FuzzBody> = fc.oneof(
  { weight: 30, arbitrary: mutatedReview },
  { weight: 20, arbitrary: mutatedObject },
  { weight: 8, arbitrary: brokenEnvelope },
  { weight: 8, arbitrary: truncated },
  { weight: 6, arbitrary: deep },
  { weight: 6, arbitrary: randomBytes },
  { weight: 6, arbitrary: notAReview },
  { weight: 6, arbitrary: flipped },
  { weight: 5, arbitrary: poisoned },
  { weight: 4, arbitrary: hugeString },
  { weight: 2, arbitrary: encoded },
  { weight: 2, arbitrary: otherType },
  { weight: 4, arbitrary: good },
  { weight: 1, arbitrary: tooLarge },
);
