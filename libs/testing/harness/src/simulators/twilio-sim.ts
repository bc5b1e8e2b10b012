import { eventually } from '../eventually';
import { ControlClient } from './control-client';

/** What a simulated person does on the line, one step after the other. */
export type ScriptStep =
  | { say: string }
  | { playWavBase64: string }
  /** The agent has been audible for so long without a break since this step began. */
  | { waitForAgentMs: number; timeoutMs?: number }
  /** The agent has spoken since the person last did, and has now been silent for so long. */
  | { waitForSilenceMs: number; timeoutMs?: number }
  /** The agent has said these words since this step began. */
  | { waitForWords: string; timeoutMs?: number }
  | { pauseMs: number }
  | { dtmf: string }
  | { gapMs: number }
  | { hangUp: true };

export type CalleeResponse =
  | { kind: 'answer'; afterMs?: number; script: ScriptStep[]; answeredBy?: string }
  | { kind: 'busy' }
  | { kind: 'no-answer' }
  | { kind: 'failed'; sipCode?: number };

export interface Fault {
  name: string;
  callSid?: string;
  to?: string;
  count?: number;
  params?: Record<string, unknown>;
}

export interface RecordedCall {
  from: string;
  to: string;
  callerSaid: string;
  agentSaid: string;
  recordingStatusCallback: string;
  faults?: Fault[];
}

export interface BookEvent extends Record<string, unknown> {
  atMs: number;
  type: string;
}

/** One word as the far end decoded it; times are epoch milliseconds. */
export interface HeardWord {
  text: string;
  /** Counts the words of one utterance, from 0. */
  sequence: number;
  startMs: number;
  endMs: number;
  /** false: cut off or damaged on the way. */
  ok: boolean;
}

/** Audio from the agent without a break, as the caller heard it. Times are epoch milliseconds. */
export interface Spurt {
  startMs: number;
  endMs: number;
  words: HeardWord[];
  text: string;
}

/** Everything Twilio knows of one call, and what its line carried. */
export interface CallBook {
  callSid: string;
  direction: string;
  from: string;
  to: string;
  status: string;
  events: BookEvent[];
  spurts: Spurt[];
  heardText: string;
  /** Telephone keys that the agent sent as tones. */
  heardDigits: string;
  said: { atMs: number; endMs: number; text: string }[];
  media: {
    framesReceived: number;
    startToFirstMediaMs: number | null;
    fpsWithinSpurts: number | null;
    maxGapMs: number | null;
    underruns: number;
    underrunMs: number;
    maxBufferedMs: number;
    violations: { code: string; detail: string }[];
  };
  recordings: string[];
  warnings: { code: string }[];
}

export interface CallSummary extends Pick<
  CallBook,
  'callSid' | 'direction' | 'from' | 'to' | 'status' | 'heardText'
> {
  createdAtMs: number;
  endedAtMs: number | null;
}

/** The simulator tells of a call's end, so that many who wait for one do not load it. */
const WAIT_MS = 5000;

/** Control API of the Twilio simulator: numbers, people on the line, faults, and the books. */
export class TwilioSim {
  private readonly control: ControlClient;

  constructor(readonly baseUrl: string) {
    this.control = new ControlClient(baseUrl);
  }

  /** A number of the account: inbound calls to it fetch `voiceUrl`; outbound calls may come from it. */
  async addNumber(number: { number: string; voiceUrl: string; statusCallback?: string }): Promise<void> {
    await this.control.post('/_sim/numbers', number);
  }

  /** Somebody rings a number of the account. */
  async ring(call: { from: string; to: string; script: ScriptStep[]; faults?: Fault[] }): Promise<string> {
    return (await this.control.post<{ callSid: string }>('/_sim/calls', call)).callSid;
  }

  /** A call that is over already, with a recording in which this was said; its callback follows. */
  addRecordedCall(call: RecordedCall): Promise<{ callSid: string; recordingSid: string }> {
    return this.control.post('/_sim/recorded-calls', call);
  }

  /** How a number behaves when it is dialled the 1st, 2nd, … time; the last one repeats. */
  async addCallee(callee: { number: string; responses: CalleeResponse[] }): Promise<void> {
    await this.control.post('/_sim/callees', callee);
  }

  /** The far end hangs up now, whatever its script says. */
  async hangUp(callSid: string): Promise<void> {
    await this.control.post(`/_sim/calls/${callSid}/hangup`, {});
  }

  book(callSid: string): Promise<CallBook> {
    return this.control.get(`/_sim/calls/${callSid}`);
  }

  async calls(): Promise<CallSummary[]> {
    return (await this.control.get<{ calls: CallSummary[] }>('/_sim/calls')).calls;
  }

  /** Each REST request with its parameters and answer: the ledger of every call placed. */
  restLog<T = unknown>(): Promise<T> {
    return this.control.get('/_sim/rest-log');
  }

  /** How late the media clock of all calls ticked since it was asked to forget: what its measurements are worth. */
  clock(): Promise<{ steps: number; p50Ms: number; p99Ms: number; maxMs: number }> {
    return this.control.get('/_sim/clock');
  }

  async forgetClock(): Promise<void> {
    await this.control.delete('/_sim/clock');
  }

  async fault(fault: Fault): Promise<void> {
    await this.control.post('/_sim/faults', fault);
  }

  async clearFaults(): Promise<void> {
    await this.control.delete('/_sim/faults');
  }

  /** Changes how the simulator behaves from now on; what there is says its README. */
  async setSettings(settings: Record<string, unknown>): Promise<void> {
    await this.control.post('/_sim/settings', settings);
  }

  /** Waits until a call has its final status and gives its book. */
  callOver(callSid: string, timeoutMs = 90_000): Promise<CallBook> {
    return eventually(async () => {
      const path = `/_sim/calls/${callSid}/over?waitMs=${WAIT_MS}`;
      const book = await this.control.get<CallBook | undefined>(path);
      if (!book) throw new Error(`call ${callSid} is not over`);
      return book;
    }, timeoutMs);
  }
}
