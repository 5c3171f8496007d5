import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { API_VERSION, GROUP, KIND, PLURAL, VERSION } from './resource.ts';

test('the resource is the one that the CRD defines', () => {
  const crd = load(
    readFileSync(
      new URL('../../../config/crd/chaosexperiments.squall.dev.yaml', import.meta.url),
      'utf8',
    ),
  );
  expect(crd).toMatchObject({
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: { group: GROUP, names: { kind: KIND, plural: PLURAL }, versions: [{ name: VERSION }] },
  });
  expect(API_VERSION).toBe(`${GROUP}/${VERSION}`);
});
