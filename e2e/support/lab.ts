import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { awaitCondition } from './await-condition.ts';

const CLI = fileURLToPath(new URL('../lab/lab', import.meta.url));

/** What `lab env` prints, as far as tests need it. */
export interface LabEnvironment {
  readonly kubeconfig: string;
  readonly nodeName: string;
  /** The host's addresses as pods see it. */
  readonly hostIp: string;
  readonly hostIp6: string;
  /** Where the API server notes what Squall's accounts do. */
  readonly auditLog: string;
}

export interface CommandOptions {
  readonly stdin?: string | Buffer;
  /** Milliseconds; default one minute. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program and resolves with its result, whatever its exit code; rejects when it could not run to its end. */
export function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...args],
      { timeout: options.timeoutMs ?? 60_000, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') {
          reject(new Error(`${file} ${args.join(' ')}: ${error.message}\n${stderr}`));
        } else {
          resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
        }
      },
    );
    // A command that reads nothing may be over before this; its exit code says what came of it.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin ?? '');
  });
}

/** The same, and rejects unless the exit code is 0. */
async function succeed(args: readonly string[], options?: CommandOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await run(CLI, args, options);
  if (exitCode !== 0)
    throw new Error(`lab ${args.join(' ')}: exit code ${exitCode}\n${stderr}${stdout}`);
  return stdout;
}

/** Runs a root command on the node by its /bin/sh and returns what it printed. */
export function onNode(command: string, options?: CommandOptions): Promise<string> {
  return succeed(['node', command], options);
}

/** Percentage of the last second that the node's processors had nothing to do. */
const IDLE_SHARE =
  "look() { awk 'NR == 1 { print $5, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat; }; " +
  'set -- $(look); sleep 1; set -- "$@" $(look); echo $((100 * ($3 - $1) / ($4 - $2)))';
const AT_REST_PERCENT = 75;

/** Waits until the node is done with what others have started, so that a time measured next is that of one thing. */
export async function nodeAtRest(): Promise<void> {
  const resting = async () => Number(await onNode(IDLE_SHARE)) >= AT_REST_PERCENT;
  await awaitCondition('the node is at rest', resting, { withinMs: 60_000, everyMs: 0 });
}

/** A root command on the node that runs on; its standard streams are the caller's to use. */
export function startOnNode(command: string): ChildProcessWithoutNullStreams {
  return spawn(CLI, ['node', command]);
}

/** kubectl as the cluster's administrator. */
export function kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return run(CLI, ['kubectl', ...args], options);
}

/** kubectl that runs on; its standard streams are the caller's to use. */
export function startKubectl(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(CLI, ['kubectl', ...args]);
}

export async function labEnvironment(): Promise<LabEnvironment> {
  const values = new Map(
    (await succeed(['env']))
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const need = (key: string) => {
    const value = values.get(key);
    if (value === undefined) throw new Error(`lab env does not print ${key}`);
    return value;
  };
  return {
    kubeconfig: need('KUBECONFIG'),
    nodeName: need('LAB_NODE_NAME'),
    hostIp: need('LAB_HOST_IP'),
    hostIp6: need('LAB_HOST_IP6'),
    auditLog: need('LAB_AUDIT_LOG'),
  };
}
