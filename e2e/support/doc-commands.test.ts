import { expect, test } from 'vitest';
import { commandsOf } from './doc-commands.ts';

test('marked blocks are taken, whole and in order; others are left', () => {
  const page = [
    'First:',
    '```sh run',
    'kubectl get cx',
    "cat <<'YAML'",
    'a: 1',
    'YAML',
    '```',
    '```sh',
    'kubectl delete everything',
    '```',
    '```sh run',
    'true',
    '```',
  ].join('\n');
  expect(commandsOf(page)).toEqual(["kubectl get cx\ncat <<'YAML'\na: 1\nYAML\n", 'true\n']);
});
