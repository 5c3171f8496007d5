import type { Rule } from './account.ts';
import { type AuditEvent, isGranted } from './audit-log.ts';

/** One verb on one resource, as RBAC grants it. */
export interface Right {
  /** undefined: in all namespaces, and outside of them. */
  readonly namespace?: string;
  /** Empty for the core group. */
  readonly group: string;
  /** With its subresource, as `pods/log`. */
  readonly resource: string;
  /** Only on objects of this name. */
  readonly name?: string;
  readonly verb: string;
}

/** A Role, or without a namespace a ClusterRole. */
export interface Role {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  /** An aggregated one may have none yet. */
  readonly rules?: readonly Rule[] | null;
}

/** A RoleBinding, or without a namespace a ClusterRoleBinding. */
export interface RoleBinding {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

export interface Roles {
  readonly roles: readonly Role[];
  readonly bindings: readonly RoleBinding[];
}

/** What is granted to a service account by name; what all accounts are granted does not count. */
export function rightsGranted(
  account: { readonly namespace: string; readonly name: string },
  { roles, bindings }: Roles,
): Right[] {
  const isBound = ({ subjects = [] }: RoleBinding) =>
    subjects.some(
      ({ kind, name, namespace }) =>
        kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
    );
  return bindings.filter(isBound).flatMap(({ metadata: { namespace }, roleRef }) => {
    const role = roles.find(
      ({ metadata }) =>
        metadata.name === roleRef.name &&
        metadata.namespace === (roleRef.kind === 'Role' ? namespace : undefined),
    );
    return rightsOf(role?.rules ?? [], namespace);
  });
}

/** Every single right of a list of rules, in all namespaces or in one. */
export function rightsOf(rules: readonly Rule[], namespace?: string): Right[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) =>
          verbs.map((verb) => ({
            ...(namespace !== undefined && { namespace }),
            group,
            resource,
            ...(name !== undefined && { name }),
            verb,
          })),
        ),
      ),
    ),
  );
}

/** Whether the request was granted and needed this right. */
export function uses(event: AuditEvent, right: Right): boolean {
  const { apiGroup = '', resource = '', subresource, namespace, name } = event.objectRef ?? {};
  return (
    isGranted(event) &&
    event.verb === right.verb &&
    apiGroup === right.group &&
    (subresource === undefined ? resource : `${resource}/${subresource}`) === right.resource &&
    (right.namespace === undefined || right.namespace === namespace) &&
    (right.name === undefined || right.name === name)
  );
}

/** The right in words, such as `get pods/log` or `patch secrets x in squall-system`. */
export function rightText({ namespace, group, resource, name, verb }: Right): string {
  const parts = [verb, group === '' ? resource : `${resource}.${group}`];
  if (name !== undefined) parts.push(name);
  if (namespace !== undefined) parts.push('in', namespace);
  return parts.join(' ');
}
