import { describe, expect, it } from 'vitest';
import type { AuditEvent } from './audit-log.ts';
import { type Right, rightsGranted, rightsOf, rightText, uses } from './right.ts';

describe('rightsOf', () => {
  it('is every verb on every resource of every name', () => {
    const rules = [
      { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
      { apiGroups: ['a.dev'], resources: ['bs'], resourceNames: ['x', 'y'], verbs: ['patch'] },
    ];
    expect(rightsOf(rules).map(rightText)).toEqual([
      'get pods',
      'list pods',
      'get pods/log',
      'list pods/log',
      'patch bs.a.dev x',
      'patch bs.a.dev y',
    ]);
  });

  it('is bound to the namespace of a Role', () => {
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }];
    expect(rightsOf(rules, 'shop').map(rightText)).toEqual(['create secrets in shop']);
  });
});

describe('rightsGranted', () => {
  const account = { namespace: 'squall-system', name: 'controller' };
  const role = (name: string, verb: string, namespace?: string) => ({
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }],
  });
  const binding = (kind: string, namespace?: string, subject: object = account) => ({
    metadata: { name: 'b', ...(namespace !== undefined && { namespace }) },
    roleRef: { kind, name: 'r' },
    subjects: [{ kind: 'ServiceAccount', name: '', ...subject }],
  });
  const roles = [role('r', 'list'), role('r', 'get', 'shop'), role('r', 'watch', 'bank')];
  const granted = (...bindings: Parameters<typeof rightsGranted>[1]['bindings']) =>
    rightsGranted(account, { roles, bindings }).map(rightText);

  it.each([
    ['a ClusterRole, everywhere', binding('ClusterRole'), ['list pods']],
    ['a ClusterRole, in one namespace', binding('ClusterRole', 'shop'), ['list pods in shop']],
    ['the Role of its own namespace', binding('Role', 'shop'), ['get pods in shop']],
    ['nothing to another account', binding('Role', 'shop', { ...account, name: 'x' }), []],
    ['nothing to a user of that name', binding('Role', 'shop', { ...account, kind: 'User' }), []],
  ] as const)('a binding grants %s', (_, bound, rights) => {
    expect(granted(bound)).toEqual(rights);
  });

  it('is the sum of all bindings', () => {
    expect(granted(binding('ClusterRole'), binding('Role', 'bank'))).toEqual([
      'list pods',
      'watch pods in bank',
    ]);
  });
});

describe('uses', () => {
  const event = (parts: Partial<AuditEvent> = {}): AuditEvent => ({
    verb: 'get',
    requestURI: '/api/v1/namespaces/shop/pods/web/log',
    user: { username: 'controller' },
    objectRef: { resource: 'pods', subresource: 'log', namespace: 'shop', name: 'web' },
    responseStatus: { code: 200 },
    ...parts,
  });
  const right: Right = { group: '', resource: 'pods/log', verb: 'get' };

  it.each<[string, Partial<AuditEvent>, Partial<Right>]>([
    ['in any namespace and of any name', {}, {}],
    ['in its namespace', {}, { namespace: 'shop' }],
    ['of its name', {}, { name: 'web' }],
    ['by an upgrade to a WebSocket', { responseStatus: { code: 101 } }, {}],
  ])('holds for a request %s', (_, parts, more) => {
    expect(uses(event(parts), { ...right, ...more })).toBe(true);
  });

  it.each<[string, Partial<AuditEvent>, Partial<Right>]>([
    ['another verb', {}, { verb: 'list' }],
    ['the resource itself', {}, { resource: 'pods' }],
    ['another group', {}, { group: 'apps' }],
    ['another namespace', {}, { namespace: 'bank' }],
    ['another name', {}, { name: 'db' }],
    ['every verb', {}, { verb: '*' }],
    ['every resource', {}, { resource: '*' }],
    ['a request that was refused', { responseStatus: { code: 403 } }, {}],
    ['a request without an answer', { responseStatus: {} }, {}],
  ])('does not hold for %s', (_, parts, more) => {
    expect(uses(event(parts), { ...right, ...more })).toBe(false);
  });
});
