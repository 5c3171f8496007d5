import { expect, test } from 'vitest';
import { FaultTimeline, type KernelChange } from './fault-timeline.ts';

const root: KernelChange = {
  what: 'qdisc',
  deleted: false,
  device: 'eth0',
  kind: 'prio',
  handle: '7a1f:',
  parent: 'root',
};
const leaf: KernelChange = {
  what: 'qdisc',
  deleted: false,
  device: 'eth0',
  kind: 'netem',
  handle: '7b1f:',
  parent: '7c1f:2',
};
const clsact: KernelChange = {
  what: 'qdisc',
  deleted: false,
  device: 'eth0',
  kind: 'clsact',
  handle: 'ffff:',
  parent: 'ffff:fff1',
};
const filter = (priority: number): KernelChange => ({
  what: 'filter',
  deleted: false,
  device: 'eth0',
  kind: 'matchall',
  parent: 'ffff:fff2',
  priority,
});
const gone = (change: KernelChange): KernelChange => ({ ...change, deleted: true });

function timeline(...changes: KernelChange[]): FaultTimeline {
  const line = new FaultTimeline();
  changes.forEach((change, at) => line.add(change, at));
  return line;
}

test('a fault on the way out begins with netem, not with its root, and ends with its root', () => {
  expect(timeline(root, leaf, gone(root)).faults).toEqual([
    { direction: 'egress', handle: '1f', from: 1, to: 2 },
  ]);
});

test('while nothing ends it a fault is active', () => {
  const line = timeline(root, leaf);
  expect(line.active).toEqual([{ direction: 'egress', handle: '1f', from: 1 }]);
  line.end(9);
  expect(line.active).toEqual([]);
  expect(line.faults).toEqual([{ direction: 'egress', handle: '1f', from: 1, to: 9 }]);
});

test("a foreign root, or another run's, ends nothing", () => {
  const foreign = { ...root, kind: 'tbf', handle: '8001:' };
  const other = { ...root, handle: '7a20:' };
  expect(timeline(root, leaf, gone(foreign), gone(other)).active).toHaveLength(1);
});

test('a fault on the way in lasts from the first filter to the last', () => {
  const [ip, ipv6] = [filter(0x7a1f), filter(0x7b1f)];
  expect(timeline(clsact, ip, ipv6, gone(ip)).active).toEqual([
    { direction: 'ingress', handle: '1f', from: 1 },
  ]);
  expect(timeline(clsact, ip, ipv6, gone(ip), gone(ipv6)).faults).toEqual([
    { direction: 'ingress', handle: '1f', from: 1, to: 4 },
  ]);
});

test('clsact takes the filters with it, its ifb does not', () => {
  const ifb: KernelChange = { what: 'link', deleted: true, device: 'squall-1f' };
  expect(timeline(clsact, filter(0x7a1f), ifb).active).toHaveLength(1);
  expect(timeline(clsact, filter(0x7a1f), gone(clsact)).active).toEqual([]);
});

test("somebody else's filters, netem and ifb qdiscs are no faults of ours", () => {
  const foreignNetem = { ...leaf, handle: '10:', parent: 'root' };
  const onIfb = { ...leaf, device: 'squall-1f' };
  expect(timeline(clsact, filter(1), foreignNetem, onIfb).faults).toEqual([]);
});

test('two runs one after another are two faults', () => {
  const line = timeline(root, leaf, gone(root), root, leaf, gone(root));
  expect(line.faults.map(({ from, to }) => [from, to])).toEqual([
    [1, 2],
    [4, 5],
  ]);
});

test('the device takes its faults with it', () => {
  expect(timeline(root, leaf, { what: 'link', deleted: true, device: 'eth0' }).active).toEqual([]);
});

test('a fault of several steps is one, and the filters of its gate are its turns', () => {
  const step = { ...leaf, handle: '611f:', parent: '7c1f:3' };
  const gate = { ...filter(15), parent: '7c1f:' };
  const line = timeline(root, leaf, step, gate, gone(gate), filter(0x7a1f));
  expect(line.active.map(({ direction, from }) => [direction, from])).toEqual([
    ['egress', 1],
    ['ingress', 5],
  ]);
  expect(line.turns).toEqual([
    { handle: '1f', priority: 15, deleted: false, at: 3 },
    { handle: '1f', priority: 15, deleted: true, at: 4 },
  ]);
});
