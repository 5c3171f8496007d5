import { expect, test } from 'vitest';
import type { Milestones, Window } from './demo-ledger.ts';
import { draw, lossTable, plainLines, type Scene } from './demo-screen.ts';

const milestones: Milestones = {
  appliedMs: 10_000,
  runningMs: 13_000,
  firstEndMs: 73_000,
  overMs: undefined,
};

function window(startMs: number, lost: number): Window {
  const counts = (packets: number) => ({
    egress: { sent: 400, lost: packets },
    ingress: { sent: 400, lost: packets },
  });
  return {
    startMs,
    endMs: startMs + 2_000,
    pods: new Map([
      ['web-a', counts(lost)],
      ['web-b', counts(0)],
    ]),
  };
}

const scene: Scene = {
  pods: ['web-a', 'web-b'],
  windows: [window(0, 0), window(12_000, 40), window(14_000, 80)],
  milestones,
  kubectl:
    'NAME       ACTION             PHASE     PODS   ASKED   OBSERVED   ENDS   AGE\n' +
    'web-loss   pod-network-loss   Running   1/1    20%                11:10  4s\n',
};

test('a terminal shows the latest loss of each pod, its course, and what kubectl says', () => {
  expect(draw(scene, 100)).toEqual([
    '0:16  the fault is there',
    '',
    'POD    LOST OUT   LOST IN    SINCE THE START',
    'web-a    20.0 %    20.0 %    ·▂▄',
    'web-b     0.0 %     0.0 %    ···',
    '',
    '$ kubectl get cx',
    'NAME       ACTION             PHASE     PODS   ASKED   OBSERVED   ENDS   AGE',
    'web-loss   pod-network-loss   Running   1/1    20%                11:10  4s',
  ]);
});

test('no line is wider than the terminal, and the course keeps its latest part', () => {
  const lines = draw(scene, 31);
  expect(Math.max(...lines.map((line) => line.length))).toBe(31);
  expect(lines[3]).toBe('web-a    20.0 %    20.0 %    ▂▄');
});

test('before the first packets it says so', () => {
  const [first] = draw({ ...scene, windows: [], kubectl: '' }, 80);
  expect(first).toBe('0:00  the first packets are under way');
});

test('a log gets its heading once and a line for each window', () => {
  const first = { ...scene, windows: scene.windows.slice(0, 1) };
  expect(plainLines(first)).toEqual([
    'LOST OUT OF / INTO         web-a              web-b              kubectl get cx',
    ' 0:02 before the fault     0.0 % / 0.0 %      0.0 % / 0.0 %      Running 1/1 20%',
  ]);
  expect(plainLines(scene)).toEqual([
    ' 0:16 the fault is there   20.0 % / 20.0 %    0.0 % / 0.0 %      Running 1/1 20%',
  ]);
});

test('the table of losses has each stage, and says where nothing was counted', () => {
  const pods = [
    { name: 'web-a', role: 'hit' },
    { name: 'web-b', role: 'bystander' },
  ];
  expect(lossTable(pods, scene.windows, milestones)).toEqual([
    'POD    ROLE       BEFORE         DURING           AFTER',
    'web-a  hit        0.0 % / 0.0 %  20.0 % / 20.0 %  - / -',
    'web-b  bystander  0.0 % / 0.0 %  0.0 % / 0.0 %    - / -',
  ]);
});
