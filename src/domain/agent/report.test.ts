import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAgentEvent, parseReport } from './report.ts';

const identity = { uid: 'u-1', attempt: 1, handle: '1f' };
const report = {
  event: 'report',
  ...identity,
  mode: 'run',
  interface: 'eth0',
  applied: true,
  clean: true,
  reason: 'Elapsed',
  message: '',
  appliedAtMs: 1_000,
  endedAtMs: 11_000,
  egress: { seen: 100, passed: 81 },
};

describe('parseAgentEvent', () => {
  it('reads the start and the proof', () => {
    expect(
      parseAgentEvent(JSON.stringify({ event: 'start', ...identity, epochMs: 5 }), identity),
    ).toEqual({ event: 'start', epochMs: 5 });
    expect(
      parseAgentEvent(
        JSON.stringify({ event: 'applied', ...identity, interface: 'eth0', epochMs: 5, holdMs: 7 }),
        identity,
      ),
    ).toEqual({
      event: 'applied',
      epochMs: 5,
      holdMs: 7,
    });
  });

  it.each([
    ['bpf', { engine: 'bpf' }],
    ['sorcery', {}],
  ])('knows what loses the packets: %s', (engine, known) => {
    const event = { event: 'applied', ...identity, epochMs: 5, holdMs: 7, engine };
    expect(parseAgentEvent(JSON.stringify(event), identity)).toEqual({
      event: 'applied',
      epochMs: 5,
      holdMs: 7,
      ...known,
    });
  });

  it('reads that peers are in force', () => {
    const event = { event: 'peers', ...identity, generation: 'ab12', rules: 3, epochMs: 5 };
    expect(parseAgentEvent(JSON.stringify(event), identity)).toEqual({
      event: 'peers',
      generation: 'ab12',
    });
  });

  it.each<[string, object]>([
    ['another run', { uid: 'u-2' }],
    ['another attempt', { attempt: 2 }],
    ['another handle', { handle: '20' }],
    ['an unknown event', { event: 'hello' }],
    ['a time that is no number', { epochMs: '5' }],
    ['a time that no clock shows', { epochMs: 9_007_199_254_740_991 }],
  ])('takes no proof from %s', (_name, change) => {
    const line = JSON.stringify({
      event: 'applied',
      ...identity,
      epochMs: 5,
      holdMs: 7,
      ...change,
    });
    expect(parseAgentEvent(line, identity)).toBeUndefined();
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseAgentEvent(text, identity)).toBeUndefined();
      }),
    );
  });
});

describe('parseReport', () => {
  it('reads a whole report with the counters of the directions that it has', () => {
    const parsed = parseReport(`${JSON.stringify(report)}\n`, identity);
    expect(parsed).toMatchObject({
      reason: 'Elapsed',
      applied: true,
      clean: true,
      egress: { seen: 100, passed: 81 },
    });
    expect(parsed).not.toHaveProperty('ingress');
  });

  it.each<[string, object]>([
    ['an unknown reason', { reason: 'Bored' }],
    ['clean that is no boolean', { clean: 'yes' }],
    ['no end', { endedAtMs: undefined }],
    ['a start that no clock shows', { appliedAtMs: 9_007_199_254_740_991 }],
    ['an end that no clock shows', { endedAtMs: 9_007_199_254_740_991 }],
    ['another run', { uid: 'u-2' }],
  ])('takes no report with %s', (_name, change) => {
    expect(parseReport(JSON.stringify({ ...report, ...change }), identity)).toBeUndefined();
  });

  it('takes no cut report', () => {
    const text = JSON.stringify(report);
    for (let length = 0; length < text.length; length += 1)
      expect(parseReport(text.slice(0, length), identity)).toBeUndefined();
  });
});
