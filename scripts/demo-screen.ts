import {
  type Count,
  type Milestones,
  type Stage,
  STAGES,
  stageOf,
  total,
  type Way,
  WAYS,
  type Window,
} from './demo-ledger.ts';

/** All that the screen shows at one moment. */
export interface Scene {
  readonly pods: readonly string[];
  readonly windows: readonly Window[];
  readonly milestones: Milestones;
  /** What `kubectl get cx` printed last. */
  readonly kubectl: string;
}

/** From nothing lost to half of all packets and more. */
const BARS = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const FULL_BAR_PERCENT = 50;

const stageNames: Readonly<Record<Stage, string>> = {
  before: 'before the fault',
  during: 'the fault is there',
  after: 'the fault is over',
};

function percent({ sent, lost }: Count): string {
  return sent === 0 ? '-' : `${((100 * lost) / sent).toFixed(1)} %`;
}

function bar(window: Window, pod: string): string {
  const counts = WAYS.flatMap((way) => window.pods.get(pod)?.[way] ?? []);
  const sent = counts.reduce((sum, count) => sum + count.sent, 0);
  const lost = counts.reduce((sum, count) => sum + count.lost, 0);
  if (sent === 0) return ' ';
  const level = Math.ceil((lost / sent) * (100 / FULL_BAR_PERCENT) * (BARS.length - 1));
  return BARS[Math.min(level, BARS.length - 1)] ?? ' ';
}

/** Minutes and seconds from the first packet to the last. */
function elapsed(windows: readonly Window[]): string {
  const ms = (windows.at(-1)?.endMs ?? 0) - (windows[0]?.startMs ?? 0);
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** What the latest window has seen, for people. */
function stageText(windows: readonly Window[], milestones: Milestones): string {
  const last = windows.at(-1);
  if (last === undefined) return 'the first packets are under way';
  const stage = stageOf(last, milestones);
  if (stage !== undefined) return stageNames[stage];
  const { runningMs = Number.POSITIVE_INFINITY } = milestones;
  return last.startMs < runningMs ? 'the fault comes' : 'the fault goes';
}

const NOTHING: Count = { sent: 0, lost: 0 };

/** The screen of a terminal with so many columns, as lines. */
export function draw({ pods, windows, milestones, kubectl }: Scene, columns: number): string[] {
  const width = Math.max(3, ...pods.map((pod) => pod.length));
  const room = Math.max(1, columns - width - 24);
  const last = windows.at(-1);
  const rows = pods.map((pod) => {
    const lost = WAYS.map((way) => percent(last?.pods.get(pod)?.[way] ?? NOTHING).padStart(8));
    const bars = windows.slice(-room).map((window) => bar(window, pod));
    return `${pod.padEnd(width)}  ${lost.join('  ')}    ${bars.join('')}`;
  });
  return [
    `${elapsed(windows)}  ${stageText(windows, milestones)}`,
    '',
    `${'POD'.padEnd(width)}  LOST OUT   LOST IN    SINCE THE START`,
    ...rows,
    '',
    '$ kubectl get cx',
    ...(kubectl === '' ? ['No resources found'] : kubectl.trimEnd().split('\n')),
  ].map((line) => line.slice(0, columns));
}

/** PHASE to OBSERVED of the first experiment that kubectl shows; cells may be empty. */
function essence(kubectl: string): string {
  const [heading = '', row = '-'] = kubectl.split('\n');
  const [from, to] = [heading.indexOf('PHASE'), heading.indexOf('ENDS')];
  return from < 0 ? row : row.slice(from, to).trim().replace(/ +/g, ' ');
}

/** One line of plain text a window, and above the first one what its columns are. */
export function plainLines({ pods, windows, milestones, kubectl }: Scene): string[] {
  const last = windows.at(-1);
  if (last === undefined) return [];
  const stage = stageText(windows, milestones);
  const cells = pods.map((pod) => {
    const [out, into] = WAYS.map((way) => percent(last.pods.get(pod)?.[way] ?? NOTHING));
    return `${out} / ${into}`;
  });
  const widths = pods.map((pod, at) => Math.max(pod.length, cells[at]?.length ?? 0, 17));
  const line = (first: string, middle: readonly string[], end: string) =>
    [first.padEnd(25), ...middle.map((cell, at) => cell.padEnd(widths[at] ?? 0)), end]
      .join('  ')
      .trimEnd();
  const row = line(`${elapsed(windows).padStart(5)} ${stage}`, cells, essence(kubectl));
  return windows.length > 1 ? [row] : [line('LOST OUT OF / INTO', pods, 'kubectl get cx'), row];
}

/** The live view on stdout: drawn again in place on a terminal, a line a window elsewhere. */
export class Screen {
  #height = 0;
  #shown = 0;

  show(scene: Scene): void {
    if (process.stdout.isTTY) {
      const lines = draw(scene, process.stdout.columns);
      const up = this.#height > 0 ? `\x1b[${this.#height}A` : '';
      process.stdout.write(`${up}\x1b[J${lines.map((line) => `${line}\n`).join('')}`);
      this.#height = lines.length;
    } else if (scene.windows.length > this.#shown) {
      this.#shown = scene.windows.length;
      process.stdout.write(
        plainLines(scene)
          .map((line) => `${line}\n`)
          .join(''),
      );
    }
  }
}

/** The loss of each pod before, during and after, over all packets of the stage, out of it and into it. */
export function lossTable(
  pods: readonly { readonly name: string; readonly role: string }[],
  windows: readonly Window[],
  milestones: Milestones,
): string[] {
  const rows = pods.map(({ name, role }) => [
    name,
    role,
    ...STAGES.map((stage) => {
      const of = (way: Way) => total(windows, milestones, name, stage, way);
      return WAYS.map((way) => percent(of(way))).join(' / ');
    }),
  ]);
  return table([['POD', 'ROLE', ...STAGES.map((stage) => stage.toUpperCase())], ...rows]);
}

/** Columns as wide as they need to be. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
