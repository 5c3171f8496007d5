import type { ConditionType } from './chaos-experiment.generated.ts';

/** Each condition and the question that its status answers, in the order in which status lists them. */
export const conditionTypes = {
  Accepted: 'Is the experiment in order and are its pods chosen?',
  Injected: 'Has every selected pod proven its fault?',
  Recovered: 'Is every selected pod proven clean, gone, or was it never hit?',
  Degraded: 'Did something go otherwise than planned?',
} as const satisfies Readonly<Record<ConditionType, string>>;
