import { EXCLUDE_MARK } from '../api/v1alpha1/annotations.ts';

type Marks = Readonly<Record<string, string>>;

/** Whether a pod or namespace carries the exclusion, as label or annotation. */
export function isExcluded(labels: Marks, annotations: Marks): boolean {
  return labels[EXCLUDE_MARK] === 'true' || annotations[EXCLUDE_MARK] === 'true';
}
