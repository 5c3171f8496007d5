const encoder = new TextEncoder();
const mark = '…';

/**
 * The text in at most `maxBytes` bytes of UTF-8, hence in at most as many characters; what is longer is cut between two
 * characters and ends with an ellipsis. `maxBytes` must be 3 or more, the length of the ellipsis.
 */
export function clip(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const { read } = encoder.encodeInto(text, new Uint8Array(maxBytes - Buffer.byteLength(mark)));
  return text.slice(0, read) + mark;
}
