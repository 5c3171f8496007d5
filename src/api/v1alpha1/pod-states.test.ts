import { expect, test } from 'vitest';
import { podStates } from './pod-states.ts';
import { chaosExperimentSchema } from './chaos-experiment-schema.generated.ts';

test('the pod states are those of the CRD, in its order', () => {
  const { state } = chaosExperimentSchema.properties.status.properties.pods.items.properties;
  expect(Object.keys(podStates)).toEqual([...state.enum]);
});
