import { type Socket } from 'node:net';
import { PlainConnection } from '@frontdesk/runtime';

/** Writes frames with one system call each where that can be done: a generator may cost less than what it measures. */
export class DirectWriter {
  private plain: PlainConnection | null = null;

  constructor(private readonly socket: Socket) {}

  /** The frame may be changed when this returns. */
  write(frame: Buffer): void {
    const { socket } = this;
    if (!socket.connecting) this.plain ??= PlainConnection.of(socket);
    let taken = 0;
    if (this.plain?.isOpen && socket.writableLength === 0) {
      try {
        taken = this.plain.writeNow(frame, frame.length);
      } catch {
        // Node finds the same when it reads, and tells why.
        return;
      }
    }
    if (taken < frame.length) socket.write(Buffer.from(frame.subarray(taken)));
  }
}
