/** The fence of a block that is run: its commands are true, because a test executes them. */
const FENCE = /^```sh run\n([\s\S]*?)^```$/gm;

/** What a page tells its reader to type, block by block, in order. */
export function commandsOf(page: string): string[] {
  return [...page.matchAll(FENCE)].map(([, commands = '']) => commands);
}
