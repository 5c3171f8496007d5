import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApiServer, type TestRequest } from '../kube/test-api-server.ts';
import { soon } from '../kube/test-soon.ts';
import { VirtualClock } from '../kube/virtual-clock.ts';
import { ClusterView } from './view.ts';

const SQUALL = '/apis/squall.dev/v1alpha1';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const DISCOVERY = '/apis/discovery.k8s.io/v1';

let server: TestApiServer;
let clock: VirtualClock;
let view: ClusterView;
let errors: string[];
let directory: string;
/** What the API server has, by path; a path that is not here is forbidden. */
let objects: Record<string, unknown>;

const list = (...items: object[]) => ({ metadata: { resourceVersion: '5' }, items });
const namespace = (name: string) => ({ metadata: { name, resourceVersion: '3', labels: {} } });
const pod = (name: string) => ({
  metadata: { namespace: 'shop', name, uid: name, resourceVersion: '4' },
  spec: {},
});
const service = (name: string) => ({
  metadata: { namespace: 'shop', name, resourceVersion: '4' },
  spec: { clusterIPs: ['10.96.0.5'], ports: [{ port: 80 }] },
});
const slice = (of: string, name: string) => ({
  metadata: {
    namespace: 'shop',
    name,
    resourceVersion: '4',
    labels: { 'kubernetes.io/service-name': of },
  },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.7'] }],
});
const policy = (spec: object) => ({
  apiVersion: 'squall.dev/v1alpha1',
  kind: 'SafetyPolicy',
  metadata: { name: 'strict', resourceVersion: '2' },
  spec,
});

function answer(request: TestRequest): void {
  const found = objects[request.path];
  if (found === undefined) {
    request.json(403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'forbidden' });
  } else if (request.query.get('watch') === 'true') request.open();
  else request.json(200, found);
}

beforeEach(async () => {
  server = await TestApiServer.start();
  server.onRequest = answer;
  clock = new VirtualClock();
  errors = [];
  directory = await mkdtemp(join(tmpdir(), 'view-'));
});

afterEach(async () => {
  await view.stop();
  await server.stop();
  await rm(directory, { recursive: true });
});

const open = (scope?: { namespace: string; policyFile: string }) => {
  const onError = (what: string, error: Error) => errors.push(`${what}: ${error.message}`);
  view = new ClusterView({ client: server.client({ clock }), scope, onError });
  view.start();
};

const asked = () => new Set(server.requests.map(({ path }) => path));

describe('the whole cluster', () => {
  const everything = () => ({
    [`${SQUALL}/chaosexperiments`]: list(),
    [`${SQUALL}/safetypolicies`]: list(policy({ maxPods: 3 })),
    '/api/v1/pods': list(pod('a')),
    '/api/v1/namespaces': list(namespace('shop'), namespace('bank')),
    '/api/v1/services': list(service('db'), service('web')),
    [`${DISCOVERY}/endpointslices`]: list(slice('db', 'db-1'), slice('db', 'db-2')),
    [`${ADMISSION}/validatingadmissionpolicies`]: list(namespace('squall-requester')),
    [`${ADMISSION}/validatingadmissionpolicybindings`]: list(namespace('squall-requester')),
  });

  it('is all namespaces, the policies, and whether requesters are checked', async () => {
    objects = everything();
    open();
    await soon(() => expect(asked()).toEqual(new Set(Object.keys(objects))));
    await soon(() => expect(view.notReady()).toBeUndefined());
    await soon(() =>
      expect(view.readLimits()).toMatchObject({
        value: {
          maxPods: { value: 3, by: 'strict' },
          crossNamespace: { value: 'Allow' },
        },
      }),
    );
    expect(view.readPods()).toMatchObject({ kind: 'read', all: [{ metadata: { name: 'a' } }] });
    expect(view.namespaces.size).toBe(2);
    expect(errors).toEqual([]);
  });

  it('is the Services with their slices, of those that belong to one', async () => {
    objects = everything();
    open();
    await soon(() => expect(view.readPeers().kind).toBe('read'));
    const reading = view.readPeers();
    const world = reading.kind === 'read' ? reading.value : undefined;
    expect(world?.services).toHaveLength(2);
    expect(world?.service('shop', 'db')).toMatchObject({ addresses: ['10.96.0.5'] });
    expect(world?.service('bank', 'db')).toBeUndefined();
    const names = (of: string) =>
      world?.endpointSlices('shop', of).map(({ metadata }) => metadata.name);
    expect([names('db'), names('web')]).toEqual([['db-1', 'db-2'], []]);
    expect(world?.pods).toHaveLength(1);
    const lists = server.requests.filter(({ path }) => path.endsWith('endpointslices'));
    expect(lists.map(({ query }) => query.get('labelSelector'))).toContain(
      'kubernetes.io/service-name',
    );
  });

  it.each([
    ['services', '/api/v1/services'],
    ['endpointSlices', `${DISCOVERY}/endpointslices`],
    ['pods', '/api/v1/pods'],
  ])('knows no peers while the %s cannot be read', async (what, path) => {
    const { [path]: _, ...rest } = everything() as Record<string, unknown>;
    objects = rest;
    open();
    await soon(() => expect(view.notReady()).toBe(`not read yet: ${what}`));
    await soon(() =>
      expect(view.readPeers()).toEqual({
        kind: 'unreadable',
        message: `the ${what} cannot be read: forbidden`,
      }),
    );
  });

  it('takes requesters for unchecked where the binding is not there', async () => {
    const binding = `${ADMISSION}/validatingadmissionpolicybindings`;
    objects = { ...everything(), [binding]: list() };
    open();
    await soon(() =>
      expect(view.readLimits()).toMatchObject({ value: { crossNamespace: { value: 'Deny' } } }),
    );
  });

  it('goes on for 10 s with the policies that it has, and no longer', async () => {
    objects = everything();
    open();
    await soon(() => expect(view.readLimits().kind).toBe('read'));
    objects = {};
    await soon(() => expect(server.openConnections).toBeGreaterThan(5));
    server.dropAll();
    await soon(() => expect(errors.some((text) => text.startsWith('policies'))).toBe(true));
    expect(view.readLimits().kind).toBe('read');
    await clock.advance(10_000);
    expect(view.readLimits()).toEqual({
      kind: 'unreadable',
      message: expect.stringContaining('the policies cannot be read: '),
    });
  });
});

describe('one namespace', () => {
  const scope = () => ({ namespace: 'shop', policyFile: join(directory, 'policy.json') });
  const write = (spec: object) => writeFile(scope().policyFile, JSON.stringify([policy(spec)]));
  const everything = () => ({
    [`${SQUALL}/namespaces/shop/chaosexperiments`]: list(),
    '/api/v1/namespaces/shop/pods': list(pod('a')),
    '/api/v1/namespaces/shop': namespace('shop'),
    '/api/v1/namespaces/shop/services': list(service('db')),
    [`${DISCOVERY}/namespaces/shop/endpointslices`]: list(slice('db', 'db-1')),
  });

  it('is all that is asked for, and the policies come from the file', async () => {
    objects = everything();
    await write({ maxPods: 3 });
    open(scope());
    await soon(() => expect(view.notReady()).toBeUndefined());
    await soon(() => expect(asked()).toEqual(new Set(Object.keys(objects))));
    expect(view.readLimits()).toMatchObject({ value: { maxPods: { value: 3, by: 'strict' } } });
    expect(view.readPods()).toMatchObject({ kind: 'read', all: [{ metadata: { name: 'a' } }] });
    const namespaces = view.readNamespaces();
    const peers = view.readPeers();
    expect(peers.kind === 'read' && peers.value.endpointSlices('shop', 'db')).toHaveLength(1);
    expect(namespaces.kind === 'read' && namespaces.value.get('shop')?.name).toBe('shop');
    expect(errors).toEqual([]);
  });

  it('allows no other namespace, whatever the file says', async () => {
    objects = everything();
    await write({ crossNamespace: 'Allow' });
    open(scope());
    await soon(() =>
      expect(view.readLimits()).toMatchObject({ value: { crossNamespace: { value: 'Deny' } } }),
    );
  });

  it('follows the labels of the namespace', async () => {
    objects = everything();
    await write({});
    open(scope());
    await soon(() => expect(view.notReady()).toBeUndefined());
    const changed = {
      name: 'shop',
      resourceVersion: '9',
      labels: { 'squall.dev/exclude': 'true' },
    };
    objects['/api/v1/namespaces/shop'] = { metadata: changed };
    await clock.advance(30_000);
    await soon(() => expect(view.namespaces.get('shop')).toMatchObject({ excluded: true }));
  });

  it('has no limits from the moment on at which the file is found to be wrong', async () => {
    objects = everything();
    await write({ maxPods: 3 });
    open(scope());
    await soon(() => expect(view.readLimits().kind).toBe('read'));
    await write({ maxPods: 0 });
    await clock.advance(10_000);
    await soon(() =>
      expect(view.readLimits()).toEqual({
        kind: 'unreadable',
        message: expect.stringMatching(
          /^the policies cannot be read: .*policy strict: spec\.maxPods: takes a whole number/,
        ),
      }),
    );
    await write({ maxPods: 4 });
    await clock.advance(10_000);
    await soon(() => expect(view.readLimits()).toMatchObject({ value: { maxPods: { value: 4 } } }));
  });

  it('is not ready without the right to read the namespace, and says so', async () => {
    objects = everything();
    delete objects['/api/v1/namespaces/shop'];
    await write({});
    open(scope());
    await soon(() => expect(view.notReady()).toBe('not read yet: namespaces'));
    await soon(() =>
      expect(view.readNamespaces()).toEqual({
        kind: 'unreadable',
        message: 'the namespaces cannot be read: forbidden',
      }),
    );
  });
});

describe('what may be too old to make a plan by', () => {
  const paths = {
    experiments: `${SQUALL}/chaosexperiments`,
    pods: '/api/v1/pods',
    namespaces: '/api/v1/namespaces',
    policies: `${SQUALL}/safetypolicies`,
    services: '/api/v1/services',
    slices: `${DISCOVERY}/endpointslices`,
    policy: `${ADMISSION}/validatingadmissionpolicies`,
    binding: `${ADMISSION}/validatingadmissionpolicybindings`,
  };
  const everything = () => ({
    [paths.experiments]: list(),
    [paths.policies]: list(),
    [paths.pods]: list(pod('a')),
    [paths.namespaces]: list(namespace('shop')),
    [paths.services]: list(),
    [paths.slices]: list(),
    [paths.policy]: list(namespace('squall-requester')),
    [paths.binding]: list(namespace('squall-requester')),
  });

  it('is not known before everything was read, the policy about requesters included', async () => {
    const { [paths.binding]: _, ...rest } = everything();
    objects = rest;
    open();
    const missing = 'not read yet: validatingadmissionpolicybindings';
    await soon(() => expect(view.notReady()).toBe(missing));
    expect(view.readLimits()).toMatchObject({ kind: 'unreadable' });
  });

  it('says since when pods are unreadable, so that a start settles nothing unseen', async () => {
    const { [paths.pods]: _, ...rest } = everything();
    objects = rest;
    const started = clock.now();
    open();
    await soon(() => expect(view.notReady()).toBe('not read yet: pods'));
    expect(view.readPods()).toMatchObject({ kind: 'unreadable', since: started });
  });

  it.each([
    [{ validationActions: ['Audit'] }, 'Deny'],
    [{ validationActions: ['Deny', 'Audit'] }, 'Allow'],
  ])(
    'a requester policy bound by %j is one that makes other namespaces: %s',
    async (spec, value) => {
      const binding = { ...namespace('squall-requester'), spec };
      objects = { ...everything(), [paths.binding]: list(binding) };
      open();
      await soon(() => expect(view.notReady()).toBeUndefined());
      expect(view.readLimits()).toMatchObject({ value: { crossNamespace: { value } } });
    },
  );
});
