import { KubeError } from './errors.ts';

/**
 * Cuts a byte stream into lines. At most `maxLength` UTF-16 units of a line are held: what is longer is cut there
 * ('cut') or is a Protocol error ('fail').
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #maxLength: number;
  readonly #overlong: 'cut' | 'fail';
  #rest = '';

  constructor(maxLength: number, overlong: 'cut' | 'fail') {
    this.#maxLength = maxLength;
    this.#overlong = overlong;
  }

  /** The lines that `chunk` completes, without their newline. */
  *push(chunk: Uint8Array): Generator<string> {
    const text = this.#decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#append(text.slice(start, end));
      yield this.#rest;
      this.#rest = '';
      start = end + 1;
    }
    this.#append(text.slice(start));
  }

  /** What follows the last newline; undefined when there is nothing. */
  end(): string | undefined {
    this.#append(this.#decoder.decode());
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? undefined : rest;
  }

  #append(text: string): void {
    if (this.#rest.length + text.length <= this.#maxLength) {
      this.#rest += text;
      return;
    }
    if (this.#overlong === 'fail') {
      throw new KubeError('Protocol', `a line is longer than ${this.#maxLength}`);
    }
    this.#rest += text.slice(0, this.#maxLength - this.#rest.length);
  }
}
