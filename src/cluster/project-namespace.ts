import type { Namespace } from '../domain/targets/namespace.ts';
import { isExcluded } from './excluded.ts';

/** The fields of core/v1 Namespace that are read. */
interface RawNamespace {
  metadata: {
    name: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/** A namespace as it is stored here: with what the store needs to know of it. */
export interface StoredNamespace extends Namespace {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

/** What we keep of a namespace. */
export function projectNamespace(raw: unknown): StoredNamespace {
  const { metadata } = raw as RawNamespace;
  const { name, resourceVersion, labels = {}, annotations = {} } = metadata;
  return {
    metadata: { name, resourceVersion },
    name,
    labels,
    excluded: isExcluded(labels, annotations),
  };
}
