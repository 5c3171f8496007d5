import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startOnNode } from './lab.ts';

/** Printed by the watch once it listens to all namespaces that are there, and by the relay once a client has caught up. */
const READY = /"event":"ready"/;
const CLOCK = /"event":"clock"/;

export interface WatchRelay {
  /** A socket that sends every line of the watch from its start on, and passes lines to it. */
  readonly path: string;
  stop(): Promise<void>;
}

/**
 * Runs one watch on the node for all suites, however many processes they are: an emulated node should
 * spend its time on the tests. It ends with its standard input, so none outlives this process.
 *
 * @param command starts the watch on the node
 */
export async function startWatchRelay(command: string): Promise<WatchRelay> {
  const watch = startOnNode(command);
  const history: string[] = [];
  const clients = new Set<Socket>();
  let ready = '';
  const listening = new Promise<void>((resolve, reject) => {
    createInterface({ input: watch.stdout }).on('line', (line) => {
      if (READY.test(line)) {
        ready = line;
        resolve();
        return;
      }
      // The time matters to whoever asked just now, and never again.
      if (!CLOCK.test(line)) history.push(line);
      for (const client of clients) client.write(`${line}\n`);
    });
    watch.stderr.on('data', (text: Buffer) => process.stderr.write(text));
    watch.on('exit', (code, signal) => {
      reject(new Error(`the watch on the node ended with ${signal ?? code}`));
      for (const client of clients) client.destroy();
    });
  });
  await listening;

  const server = createServer((client) => {
    clients.add(client);
    client.write([...history, ready].map((line) => `${line}\n`).join(''));
    client.on('data', (lines) => watch.stdin.write(lines));
    client.on('error', () => client.destroy());
    client.on('close', () => clients.delete(client));
  });
  const folder = await mkdtemp(join(tmpdir(), 'squall-watch-'));
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    async stop() {
      watch.stdin.end();
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
