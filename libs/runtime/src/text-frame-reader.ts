type OnData = (chunk: Buffer) => void;

/** The socket below a WebSocket, as far as it is read from. */
export interface ReadableFrames {
  listeners(event: 'data'): unknown[];
  on(event: 'data', listener: OnData): unknown;
  removeListener(event: 'data', listener: OnData): unknown;
}

const WHOLE_TEXT = 0x81;
const PING = 0x89;
const PONG = 0x8a;
const MASKED = 0x80;
const LENGTH_BITS = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;

/**
 * Reads the text messages that a client sends as one short frame each, as they lie in what the network brought, past the
 * WebSocket library: for what comes fifty times a second and call. Everything else goes to the library, in its order:
 * pings and pongs, and a frame that was cut by the network, piece by piece; from the first frame of another kind on
 * (fragments, binary, close, a protocol error) all that comes, and also from one on whose header was cut. Only for
 * connections without extensions, and for a library that takes messages of 64 KiB and more.
 */
export class TextFrameReader {
  /** Of a frame that the library is in the middle of. */
  private leftBytes = 0;
  /** All that comes goes to the library now. */
  isOver = false;

  /**
   * @param library takes what is not read here
   * @param onText is lent the unmasked bytes of one message
   * @param onOther told once, before the library is given the first frame that ends the reading here
   */
  constructor(
    private readonly library: OnData,
    private readonly onText: (bytes: Buffer) => void,
    private readonly onOther: () => void,
  ) {}

  readonly receive = (chunk: Buffer): void => {
    let at = Math.min(this.leftBytes, chunk.length);
    if (at > 0) {
      this.leftBytes -= at;
      this.library(at === chunk.length ? chunk : chunk.subarray(0, at));
    }
    while (at < chunk.length && !this.isOver) at = this.frame(chunk, at);
  };

  /** One frame, whole or not. Returns where the next begins. */
  private frame(chunk: Buffer, at: number): number {
    const kind = chunk[at]!;
    const second = chunk[at + 1] ?? 0;
    const short = second & LENGTH_BITS;
    const from = at + (short === LENGTH_16 ? 4 : 2) + MASK_BYTES;
    const isKnown = kind === WHOLE_TEXT || ((kind === PING || kind === PONG) && short < LENGTH_16);
    // The header must be here whole: it says where the next frame begins.
    if (!isKnown || (second & MASKED) === 0 || short === LENGTH_64 || from > chunk.length)
      return this.leave(chunk, at);
    const to = from + (short === LENGTH_16 ? (chunk[at + 2]! << 8) | chunk[at + 3]! : short);
    if (kind === WHOLE_TEXT && to <= chunk.length) {
      unmask(chunk, from, to);
      this.onText(chunk.subarray(from, to));
      return to;
    }
    this.leftBytes = Math.max(0, to - chunk.length);
    this.library(chunk.subarray(at, to));
    return Math.min(to, chunk.length);
  }

  private leave(chunk: Buffer, at: number): number {
    this.isOver = true;
    this.onOther();
    this.library(chunk.subarray(at));
    return chunk.length;
  }
}

/** The key stands before the text. */
const unmask = (chunk: Buffer, from: number, to: number): void => {
  const first = chunk[from - 4]!;
  const second = chunk[from - 3]!;
  const third = chunk[from - 2]!;
  const fourth = chunk[from - 1]!;
  let at = from;
  for (const whole = to - 3; at < whole; at += 4) {
    chunk[at]! ^= first;
    chunk[at + 1]! ^= second;
    chunk[at + 2]! ^= third;
    chunk[at + 3]! ^= fourth;
  }
  for (; at < to; at++) chunk[at]! ^= chunk[from - MASK_BYTES + ((at - from) & 3)]!;
};

/**
 * Puts a {@link TextFrameReader} before the WebSocket library that reads the connection now, until the first frame of
 * another kind: then the library has the connection back. What else listens to the connection makes this do nothing.
 */
export const readTextFrames = (connection: ReadableFrames, onText: (bytes: Buffer) => void): void => {
  const [library, ...others] = connection.listeners('data') as OnData[];
  if (!library || others.length > 0) return;
  const reader = new TextFrameReader(library.bind(connection), onText, () => {
    connection.on('data', library);
    connection.removeListener('data', reader.receive);
  });
  connection.on('data', reader.receive);
  connection.removeListener('data', library);
};
