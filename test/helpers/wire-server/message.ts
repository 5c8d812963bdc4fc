import { BSON } from 'mongodb';
import type { Fields } from './documents.js';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
const MORE_TO_COME = 2;

/** One request as the wire carried it. */
export interface Request {
  readonly id: number;
  readonly command: Fields;
  /** The old form of request, in which drivers still say hello. */
  readonly isLegacy: boolean;
  /** False for writes that want no acknowledgement. */
  readonly wantsReply: boolean;
}

/** Cuts a stream of bytes into messages; keeps the rest for next time. */
export class MessageReader {
  #pending: Buffer = Buffer.alloc(0);

  *read(bytes: Buffer): Generator<Buffer> {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= HEADER_BYTES) {
      const length = this.#pending.readInt32LE(0);
      if (this.#pending.length < length) return;
      const message = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      yield message;
    }
  }
}

export const responseTo = (message: Buffer): number => message.readInt32LE(8);

export function parseRequest(message: Buffer): Request {
  const id = message.readInt32LE(4);
  const operation = message.readInt32LE(12);
  if (operation === OP_QUERY) {
    return { id, command: parseQuery(message), isLegacy: true, wantsReply: true };
  }
  if (operation !== OP_MSG) throw new Error(`Expected OP_MSG or OP_QUERY, got ${operation}`);
  const wantsReply = (message.readInt32LE(HEADER_BYTES) & MORE_TO_COME) === 0;
  return { id, command: parseSections(message), isLegacy: false, wantsReply };
}

export function encodeReply(request: Pick<Request, 'id' | 'isLegacy'>, reply: Fields): Buffer {
  const body = Buffer.from(BSON.serialize(reply, { ignoreUndefined: true }));
  // Flags and kind of section for OP_MSG; flags, cursor, start and count for OP_REPLY.
  const prefix = Buffer.alloc(request.isLegacy ? 20 : 5);
  if (request.isLegacy) {
    prefix.writeInt32LE(8, 0);
    prefix.writeInt32LE(1, 16);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + prefix.length + body.length, 0);
  header.writeInt32LE(request.id, 8);
  header.writeInt32LE(request.isLegacy ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, prefix, body]);
}

function parseQuery(message: Buffer): Fields {
  const flagsEnd = HEADER_BYTES + 4;
  const nameEnd = message.indexOf(0, flagsEnd);
  const [database = 'admin'] = message.toString('utf8', flagsEnd, nameEnd).split('.');
  const { document } = documentAt(message, nameEnd + 1 + 8);
  return { ...document, $db: database };
}

/** The body, and beside it the arrays that drivers send as sequences of documents. */
function parseSections(message: Buffer): Fields {
  const sequences: Fields = {};
  let body: Fields = {};
  let offset = HEADER_BYTES + 4;
  while (offset < message.length) {
    const kind = message[offset];
    offset += 1;
    if (kind === 0) {
      const { document, end } = documentAt(message, offset);
      body = document;
      offset = end;
      continue;
    }
    const sectionEnd = offset + message.readInt32LE(offset);
    const nameEnd = message.indexOf(0, offset + 4);
    sequences[message.toString('utf8', offset + 4, nameEnd)] = documentsIn(
      message,
      nameEnd + 1,
      sectionEnd,
    );
    offset = sectionEnd;
  }
  return { ...body, ...sequences };
}

function documentsIn(message: Buffer, start: number, end: number): Fields[] {
  const documents: Fields[] = [];
  for (let offset = start; offset < end; ) {
    const next = documentAt(message, offset);
    documents.push(next.document);
    offset = next.end;
  }
  return documents;
}

function documentAt(message: Buffer, offset: number): { document: Fields; end: number } {
  const end = offset + message.readInt32LE(offset);
  return { document: BSON.deserialize(message.subarray(offset, end)), end };
}
