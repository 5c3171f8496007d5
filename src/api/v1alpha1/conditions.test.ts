import { expect, test } from 'vitest';
import { conditionTypes } from './conditions.ts';
import { chaosExperimentSchema } from './chaos-experiment-schema.generated.ts';

test('the conditions are those of the CRD, in its order', () => {
  const { type } = chaosExperimentSchema.properties.status.properties.conditions.items.properties;
  expect(Object.keys(conditionTypes)).toEqual([...type.enum]);
});
