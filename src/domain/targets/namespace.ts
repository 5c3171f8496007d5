/** The part of a namespace that planning and safety look at. */
export interface Namespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Carries the exclusion as label or annotation. */
  readonly excluded: boolean;
}

/** The namespaces of the cluster; one that is not there is undefined, and has no pods. */
export interface Namespaces {
  readonly get: (name: string) => Namespace | undefined;
}
