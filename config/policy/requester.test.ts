import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { MAX_ONE_BY_ONE } from '../../webhook/admission/access.ts';

interface Policy {
  readonly spec: {
    readonly variables: readonly { readonly name: string; readonly expression: string }[];
    readonly validations: readonly {
      readonly expression: string;
      readonly messageExpression: string;
    }[];
  };
}

const [policy] = loadAll(
  readFileSync(new URL('requester.yaml', import.meta.url), 'utf8'),
) as Policy[];

// The budget of a policy is 10,000,000 units of cost, and a check takes 350,000; messages take from it too.
test('each of the namespaces that are looked at one by one is checked, and named where it is refused', () => {
  const { variables, validations } = policy!.spec;
  const [all, ...each] = validations;
  expect(variables.find(({ name }) => name === 'each')?.expression).toBe(
    `size(variables.targets) <= ${MAX_ONE_BY_ONE} ? variables.targets : []`,
  );
  expect(all?.expression).toBe(
    `size(variables.targets) <= ${MAX_ONE_BY_ONE} || variables.injection.check('patch').allowed()`,
  );
  expect(each.map(({ expression, messageExpression }) => [expression, messageExpression])).toEqual(
    Array.from({ length: MAX_ONE_BY_ONE }, (_, n) => [
      `size(variables.each) <= ${n} || ` +
        `variables.injection.namespace(variables.each[${n}]).check('patch').allowed()`,
      `variables.refused + 'namespace ' + variables.each[${n}] + variables.remedy`,
    ]),
  );
});
