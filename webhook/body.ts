import type { IncomingMessage } from 'node:http';
import { ReviewFailure } from './failure.ts';

const MiB = 1024 * 1024;

/**
 * Largest review that is read, in bytes. etcd takes requests up to 1.5 MiB, so an oldObject is no larger. The API server
 * takes bodies up to 3 MiB, so an object on its way to be refused by etcd may have that size: 4.5 MiB for both. Go's
 * encoder writes <, > and & as six characters (\u003c); what is stored has that form already, so only an object that
 * etcd refuses afterwards can grow by it. The 2.5 MiB above are for this growth, the user's groups and extra, and the
 * envelope. A larger review is of an object that could not be stored.
 */
export const maxBodyBytes = 7 * MiB;

/**
 * How much of a body that is too large is read and thrown away, in bytes. Closing a connection while the client still
 * sends resets it, and the client may then never see the answer that says why.
 */
const maxDiscardedBytes = 64 * MiB;

/**
 * Deepest nesting that is read. Objects of our kinds arrive pruned by their schema, at some 20 levels; the rules may then
 * recurse over what they are given without an end of stack.
 */
export const maxDepth = 256;

/** Rejects with a ReviewFailure: RequestEntityTooLarge, or BadRequest when the connection breaks. */
export async function readBody(stream: IncomingMessage): Promise<Buffer> {
  const declared = Number(stream.headers['content-length']);
  let chunks: Buffer[] = [];
  let length = 0;
  try {
    // The socket must outlive a body that is given up on: the answer goes through it.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length > maxDiscardedBytes) break;
      if (declared > maxBodyBytes || length > maxBodyBytes) chunks = [];
      else chunks.push(chunk);
    }
  } catch {
    throw new ReviewFailure('BadRequest', 'body: the connection ended before the body did');
  }
  if (length > maxBodyBytes) {
    const message = `body: larger than ${maxBodyBytes} bytes, the limit for a review`;
    throw new ReviewFailure('RequestEntityTooLarge', message);
  }
  return Buffer.concat(chunks, length);
}

/**
 * JSON in UTF-8. Keys named __proto__ are left out, so that no copy of the value can take them for a prototype; no field
 * of Kubernetes has that name. Throws a ReviewFailure of reason BadRequest.
 */
export function parseBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new ReviewFailure('BadRequest', `body: empty, ${wanted}`);
  const text = decode(bytes);
  if (isDeep(text)) {
    const message = `body: nested deeper than ${maxDepth} levels, no object of ours is`;
    throw new ReviewFailure('BadRequest', message);
  }
  try {
    return JSON.parse(text, protoKey.test(text) ? withoutProto : undefined);
  } catch (error) {
    // A SyntaxError names the place and quotes no more than a few characters of the sender's own text.
    throw new ReviewFailure('BadRequest', `body: not JSON (${messageOf(error)}), ${wanted}`);
  }
}

const wanted = 'must be an AdmissionReview of admission.k8s.io/v1 as JSON';

/** May match text without such a key, never misses one: a key with an escaped letter of proto, or an escaped _. */
const protoKey = /__proto__|\\u00(5f|70|72|6f|74)/i;

function withoutProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ReviewFailure('BadRequest', `body: not UTF-8, ${wanted}`);
  }
}

/** On text, before it is parsed: JSON.parse itself may end with the stack on a body that is all brackets. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === backslash) i++;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === openBracket || code === openBrace) {
      depth++;
      if (depth > maxDepth) return true;
    } else if (code === closeBracket || code === closeBrace) depth--;
  }
  return false;
}

const quote = 0x22;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
