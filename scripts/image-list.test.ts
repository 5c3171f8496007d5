import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What next_images prints, and what it says when it fails. */
function nextImages(image: string, expression: string) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-euo', 'pipefail', '-c', '. scripts/image-list; next_images "$@"', 'sh', image, expression],
    // Not a socket as standard input, from which bash concludes that it serves a remote shell and reads its start-up files.
    { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return { ok: status === 0, text: stdout.trimEnd(), message: stderr.trimEnd() };
}

const digest = `r.example:5000/squall/injector@sha256:${'0a'.repeat(32)}`;

test.each<[string, string, string, string]>([
  ['the first installation', 'a:1', '', "['a:1']"],
  ['an empty list', 'a:1', '[]', "['a:1']"],
  ['the same image again', 'a:1', "['a:1']", "['a:1']"],
  ['another image', 'b:2', "['a:1']", "['b:2', 'a:1']"],
  ['the same image again keeps those before it', 'b:2', "['b:2', 'a:1']", "['b:2', 'a:1']"],
  ['an earlier image comes back', 'a:1', "['c:3', 'b:2', 'a:1']", "['a:1', 'c:3', 'b:2']"],
  ['an image whose name begins another one', 'a', "['a:1','ab']", "['a', 'a:1', 'ab']"],
  ['a registry with a port, and a digest', digest, "['a:1']", `['${digest}', 'a:1']`],
  [
    'the sixth drops the oldest',
    'f:6',
    "['e:5', 'd:4', 'c:3', 'b:2', 'a:1']",
    "['f:6', 'e:5', 'd:4', 'c:3', 'b:2']",
  ],
])('%s', (_name, image, before, after) => {
  expect(nextImages(image, before)).toEqual({ ok: true, text: after, message: '' });
});

test.each<[string, string, string, string]>([
  ['an image that is none', "a', 'b", '', "'a', 'b' is not an image reference"],
  ['an image over two lines', 'a\nb', '', "'a\nb' is not an image reference"],
  ['no image', '', '', "'' is not an image reference"],
  ['an earlier one that is none', 'a:1', "['b:2', '$(id)']", "'$(id)' is not an image reference"],
  [
    'one that is none beyond those that are kept',
    'f:6',
    "['e:5', 'd:4', 'c:3', 'b:2', 'a:1', '']",
    "'' is not an image reference",
  ],
  [
    'an earlier one over two lines',
    'a:1',
    "['b\n2']",
    "['b\n2'] is not a list of images, such as ['squall.local/injector:dev']",
  ],
  [
    'an expression that is no list',
    'a:1',
    "['b:2'] + params.images",
    "['b:2'] + params.images is not a list of images, such as ['squall.local/injector:dev']",
  ],
])('refuses %s', (_name, image, before, message) => {
  expect(nextImages(image, before)).toEqual({ ok: false, text: '', message });
});
