import { type ClientRequest, type IncomingMessage } from 'node:http';

/** More than a webhook has; what is larger is passed on to one owner only. */
const MAX_KEPT_BYTES = 64 * 1024;

/** The body of a request, passed on as it comes. What has passed is kept while it is small, should another owner need it. */
export class RequestBody {
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private isRead = false;

  constructor(private readonly request: IncomingMessage) {}

  /** All that has passed can be sent again. */
  get isAtHand(): boolean {
    return this.keptBytes <= MAX_KEPT_BYTES;
  }

  /** From its beginning; to one owner after the other, the next once the one before has failed. */
  sendTo(onward: ClientRequest): void {
    for (const chunk of this.kept) onward.write(chunk);
    if (this.request.readableEnded) return void onward.end();
    if (!this.isRead) this.request.on('data', (chunk: Buffer) => this.keep(chunk));
    this.isRead = true;
    this.request.pipe(onward);
  }

  private keep(chunk: Buffer): void {
    this.keptBytes += chunk.length;
    if (this.isAtHand) this.kept.push(chunk);
    else this.kept.length = 0;
  }
}
