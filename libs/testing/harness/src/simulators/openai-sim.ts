import { ControlClient } from './control-client';
import { type BookEvent } from './twilio-sim';

export interface SessionEvent extends BookEvent {
  direction: 'client' | 'server';
  itemId?: string;
  responseId?: string;
  audioMs?: number;
  /** Of a response that ended. */
  status?: string;
}

/** One item of the conversation, as the model believes it. */
export interface SessionItem {
  id: string;
  role: string;
  text: string;
  /** Length of its audio as generated, or as truncated. */
  audioMs?: number;
  truncatedAtMs?: number;
  deleted?: boolean;
}

/** One Realtime session as OpenAI saw it; `items` is the conversation as the model believes it. */
export interface SessionBook {
  id: string;
  model: string;
  openedAtMs: number;
  closedAtMs: number | null;
  instructions: string;
  voice: string;
  events: SessionEvent[];
  items: SessionItem[];
  violations: { atMs: number; code: string; message: string }[];
}

export interface OpenAiFault {
  name: string;
  /** How often it strikes; left out: until faults are cleared. */
  count?: number;
  /** Only sessions with this text in their instructions. */
  contains?: string;
  params?: Record<string, unknown>;
}

export interface BrainRule {
  /** Regular expression over the caller's words; `$1` in `say` is filled in. */
  match: string;
  say?: string;
  tool?: { name: string; arguments: Record<string, unknown> };
}

/** Control API of the OpenAI simulator. */
export class OpenAiSim {
  private readonly control: ControlClient;

  /** @param baseUrl of the simulator, without /v1 */
  constructor(readonly baseUrl: string) {
    this.control = new ControlClient(baseUrl);
  }

  /** All sessions, or those whose instructions or items contain a text. */
  async sessions(contains?: string): Promise<SessionBook[]> {
    const query = contains === undefined ? '' : `?contains=${encodeURIComponent(contains)}`;
    return (await this.control.get<{ sessions: SessionBook[] }>(`/_sim/sessions${query}`)).sessions;
  }

  async setBrain(rules: BrainRule[]): Promise<void> {
    await this.control.post('/_sim/brain', { rules });
  }

  /** Speech and transcription requests: the ledger of what was paid. */
  requests<T = unknown>(): Promise<T> {
    return this.control.get('/_sim/requests');
  }

  async fault(fault: OpenAiFault): Promise<void> {
    await this.control.post('/_sim/faults', fault);
  }

  /** Cuts an open session's socket without a close frame. */
  async drop(sessionId: string): Promise<void> {
    await this.control.post(`/_sim/sessions/${sessionId}/drop`, {});
  }

  async clearFaults(): Promise<void> {
    await this.control.delete('/_sim/faults');
  }
}
