import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApiServer } from '../../src/kube/test-api-server.ts';
import { INJECT, MAX_ONE_BY_ONE, subjectAccess } from './access.ts';

let server: TestApiServer;

beforeEach(async () => {
  server = await TestApiServer.start();
});

afterEach(() => server.stop());

const ada = { username: 'ada', uid: '7', groups: ['sre'], extra: { scopes: ['all'] } };
const namespaces = (count: number) => Array.from({ length: count }, (_, n) => `n${n}`);
/** How a SubjectAccessReview writes it. */
const ALL = '';

/** What ada lacks of `wanted` with the right in `granted`, and where the API server was asked for it, in no order. */
async function lacking(wanted: readonly string[], granted: readonly string[]) {
  const asked: string[] = [];
  server.onRequest = (request) => {
    const { spec } = JSON.parse(request.body);
    const { namespace } = spec.resourceAttributes;
    asked.push(namespace);
    request.json(201, { status: { allowed: granted.includes(namespace) } });
  };
  const lacks = subjectAccess(server.client());
  const lacked = await lacks(ada, INJECT, wanted, new AbortController().signal);
  return { lacked, asked: asked.toSorted() };
}

describe('subjectAccess', () => {
  it('asks as the requester, with all that the authorizers may look at', async () => {
    await lacking(['shop'], []);
    expect(JSON.parse(server.requests[0]!.body)).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'ada',
        uid: '7',
        groups: ['sre'],
        extra: { scopes: ['all'] },
        resourceAttributes: {
          namespace: 'shop',
          verb: 'patch',
          resource: 'pods',
          subresource: 'ephemeralcontainers',
        },
      },
    });
  });

  const most = namespaces(MAX_ONE_BY_ONE);
  const tooMany = namespaces(MAX_ONE_BY_ONE + 1);
  const rows: readonly (readonly [
    string,
    { wanted: string[]; granted: string[]; lacked: string[]; asked: string[] },
  ])[] = [
    [
      'a single namespace is asked about alone',
      { wanted: ['a'], granted: ['a'], lacked: [], asked: ['a'] },
    ],
    [
      'a right in all of the cluster is one in each namespace',
      { wanted: most, granted: [ALL], lacked: [], asked: [ALL] },
    ],
    [
      'without it each namespace is asked about, and those that lack it are told in their order',
      {
        wanted: ['c', 'a', 'b'],
        granted: ['a'],
        lacked: ['c', 'b'],
        asked: [ALL, 'a', 'b', 'c'],
      },
    ],
    [
      'as many as are asked about one by one',
      { wanted: most, granted: most, lacked: [], asked: [ALL, ...most].toSorted() },
    ],
    [
      'more than these need the right in all of the cluster',
      { wanted: tooMany, granted: tooMany, lacked: tooMany, asked: [ALL] },
    ],
    ['and have it there', { wanted: tooMany, granted: [ALL], lacked: [], asked: [ALL] }],
  ];
  it.each(rows)('%s', async (_, { wanted, granted, lacked, asked }) => {
    expect(await lacking(wanted, granted)).toEqual({ lacked, asked });
  });
});
