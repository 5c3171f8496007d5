import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { aPolicy } from '../domain/safety/policy.builder.ts';
import { policyGauge } from './policy-gauge.ts';

it('has the policies that there are, and no others', async () => {
  const registry = new Registry();
  const update = policyGauge(registry);
  update([aPolicy({}, 'old'), aPolicy({}, 'kept')]);
  update([aPolicy({}, 'kept')]);
  const text = await registry.metrics();
  expect(text).toContain('squall_safety_policy_generation{policy="kept"} 1');
  expect(text).not.toContain('old');
});
