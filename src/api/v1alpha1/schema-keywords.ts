/** What Kubernetes says by list-type: of a set that no element is there twice. */
export const LIST_TYPE = 'x-kubernetes-list-type';

/** The keywords by which the schemas of our CRDs go beyond JSON Schema; the API server acts on them. */
export const KUBERNETES_KEYWORDS = [
  'x-kubernetes-validations',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  LIST_TYPE,
] as const;
