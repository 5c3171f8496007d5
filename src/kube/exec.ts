import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { KubeClient } from './client.ts';
import { Deadline } from './deadline.ts';
import { errorOfAnswer, errorOfTransport, KubeError } from './errors.ts';

export interface ExecOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Sent to the command, whose stdin is closed after it. */
  readonly stdin?: string;
  /**
   * Its first line on stdout is all that is asked: resolves with it as soon as it has come, exitCode then being
   * undefined. To learn of the end of a command takes longer than to hear it.
   */
  readonly firstLine?: boolean;
  /** Limit of the whole call; default 15 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ExecResult {
  /** 0 to 255; undefined when the end of the command was not waited for. */
  readonly exitCode: number | undefined;
  /** The first 64 KiB. */
  readonly stdout: string;
  /** The first 64 KiB. */
  readonly stderr: string;
}

const defaultTimeoutMs = 15_000;
const maxOutputBytes = 64 * 1024;
/** Longest message taken; the kubelet sends at most 32 KiB in one. */
const maxMessageBytes = 1024 * 1024;
const maxRefusalBytes = 64 * 1024;
/** How long the server may take to confirm the close before the connection is cut. */
const closeMs = 1000;

/** Kubernetes' remote command protocol: each message begins with the number of its channel. */
const protocols = ['v5.channel.k8s.io'];
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

/**
 * Runs a command in a container. Resolves whenever the command's exit code is known, also when it is not 0, or at its
 * first line where that is asked. Rejects with KubeError otherwise; `uncertain` then says that the command may have
 * run. Never tried again by itself.
 * Needs get on pods/exec, from Kubernetes 1.35 on create as well.
 */
export async function exec(client: KubeClient, options: ExecOptions): Promise<ExecResult> {
  const { timeoutMs = defaultTimeoutMs, signal } = options;
  const deadline = new Deadline({ clock: client.clock, timeoutMs, signal });
  let socket: WebSocket | undefined;
  try {
    const headers = await client.headers();
    if (deadline.error) throw deadline.error;
    socket = new WebSocket(urlOf(client, options), protocols, {
      ...client.cluster.tls,
      headers,
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
    });
    return await converse(client, socket, options, deadline.signal);
  } catch (error) {
    throw errorOfTransport(error, false);
  } finally {
    deadline.release();
    if (socket) hangUp(client, socket);
  }
}

function urlOf(client: KubeClient, options: ExecOptions): URL {
  const { namespace, pod, container, command, stdin } = options;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec`;
  const query = { container, command, stdin: stdin !== undefined, stdout: true, stderr: true };
  const url = new URL(client.pathOf(path, query), client.cluster.server);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url;
}

function converse(
  client: KubeClient,
  socket: WebSocket,
  { stdin, firstLine = false }: ExecOptions,
  signal: AbortSignal,
): Promise<ExecResult> {
  const stdout = new Output();
  const stderr = new Output();
  let opened = false;
  let observed = false;
  const observe = (code: string) => {
    if (!observed) client.observe('GET', code);
    observed = true;
  };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(errorOfTransport(error, opened));
    signal.addEventListener('abort', () => {
      const { code, message } = signal.reason as KubeError;
      fail(new KubeError(code, message, { uncertain: opened }));
    });
    // Stays for good: an error after the end, such as that of cutting a handshake, must not go unheard.
    socket.on('error', (error) => {
      observe('<error>');
      fail(error);
    });
    socket.on('unexpected-response', (_request, answer) => {
      observe(String(answer.statusCode));
      refusal(answer).then(fail, fail);
    });
    socket.on('open', () => {
      observe('101');
      opened = true;
      if (stdin === undefined) return;
      socket.send(Buffer.concat([Buffer.of(channels.stdin), Buffer.from(stdin)]));
      socket.send(Buffer.of(channels.close, channels.stdin));
    });
    socket.on('message', (data: Buffer) => {
      const payload = data.subarray(1);
      if (data[0] === channels.stdout) {
        stdout.add(payload);
        const line = firstLine ? /^.*\n/.exec(stdout.text)?.[0] : undefined;
        if (line !== undefined) resolve({ exitCode: undefined, stdout: line, stderr: stderr.text });
      } else if (data[0] === channels.stderr) stderr.add(payload);
      else if (data[0] === channels.status) {
        const exitCode = exitCodeOf(payload.toString());
        if (exitCode instanceof KubeError) fail(exitCode);
        else resolve({ exitCode, stdout: stdout.text, stderr: stderr.text });
      }
    });
    socket.on('close', (code) => {
      fail(new Error(`the connection closed (${code}) before the command's status came`));
    });
  });
}

/** The error of a handshake that the server refused. */
async function refusal(answer: IncomingMessage): Promise<KubeError> {
  const body = new Output(maxRefusalBytes);
  for await (const chunk of answer) body.add(chunk as Buffer);
  const retryAfter = answer.headers['retry-after'];
  return errorOfAnswer({
    status: answer.statusCode ?? 0,
    body: body.text,
    retryAfter,
    write: false,
  });
}

interface CommandStatus {
  readonly status?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly { reason?: string; message?: string }[] };
}

/** The exit code in the metav1.Status of the status channel, or why there is none. */
function exitCodeOf(text: string): number | KubeError {
  let status: CommandStatus;
  try {
    status = JSON.parse(text) as CommandStatus;
  } catch (error) {
    return new KubeError('Protocol', 'the status of the command is not JSON', {
      uncertain: true,
      cause: error,
    });
  }
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  if (cause) return Number(cause.message);
  return errorOfAnswer({ status: status.code ?? 500, body: text, write: true });
}

function hangUp(client: KubeClient, socket: WebSocket): void {
  if (socket.readyState !== WebSocket.OPEN) {
    socket.terminate();
    return;
  }
  const cutting = client.clock.setTimer(closeMs, () => socket.terminate());
  socket.once('close', () => cutting.cancel());
  socket.close();
}

/** Keeps the first bytes and drops the rest. */
class Output {
  readonly #chunks: Buffer[] = [];
  #room: number;

  constructor(maxBytes = maxOutputBytes) {
    this.#room = maxBytes;
  }

  add(chunk: Buffer): void {
    if (this.#room === 0) return;
    const kept = chunk.subarray(0, this.#room);
    this.#chunks.push(kept);
    this.#room -= kept.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
