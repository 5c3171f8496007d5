import { expect, it } from 'vitest';
import { createLogger, parseLogLevel } from './log.ts';

it('writes one JSON object a line, from its level on', () => {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  log.debug('not this');
  log.info({ experiment: 'shop/loss' }, 'started');
  log.error({ err: new Error('broken') }, 'failed');
  expect(lines).toHaveLength(2);
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(first).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    experiment: 'shop/loss',
    msg: 'started',
  });
  expect(second).toMatchObject({ level: 'error', msg: 'failed', err: { message: 'broken' } });
});

it('refuses a level that there is not, and names those there are', () => {
  expect(parseLogLevel('warn')).toBe('warn');
  expect(() => parseLogLevel('loud')).toThrow(
    /loud.*trace, debug, info, warn, error, fatal, silent/,
  );
});
