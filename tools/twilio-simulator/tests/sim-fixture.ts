import { simulatorConfig } from '../src/config';
import { TwilioSimulator } from '../src/simulator';
import { TestApp } from './test-app';

export const ACCOUNT_SID = `AC${'a'.repeat(32)}`;
export const AUTH_TOKEN = 'token-of-the-test';
export const OWN_NUMBER = '+15550001000';
export const APP = 'https://app.example';

/** The book of a call, as far as tests look into it. */
export interface CallBookView {
  callSid: string;
  status: string;
  heardText: string;
  events: { atMs: number; type: string; [field: string]: unknown }[];
  spurts: { startMs: number; endMs: number | null; text: string; words: { ok: boolean; text: string }[] }[];
  said: { atMs: number; endMs: number | null; text: string }[];
  media: Record<string, unknown>;
  recordings: string[];
  warnings: { code: number; message: string; detail?: string }[];
}

/** The simulator and the app it calls, connected by a route; one for each test file. */
export class SimFixture {
  private constructor(
    readonly app: TestApp,
    readonly simulator: TwilioSimulator,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<SimFixture> {
    const app = await TestApp.start();
    const simulator = await TwilioSimulator.start(
      simulatorConfig({
        PORT: '0',
        TWILIO_SIM_ACCOUNT_SID: ACCOUNT_SID,
        TWILIO_SIM_AUTH_TOKEN: AUTH_TOKEN,
        TWILIO_SIM_ROUTES: `app.example=${app.base}`,
        TWILIO_SIM_CPS: '50',
        TWILIO_SIM_LIST_LAG_MS: '0',
        ...environment,
      }),
    );
    return new SimFixture(app, simulator);
  }

  get base(): string {
    return `http://127.0.0.1:${this.simulator.port}`;
  }

  async control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.base}/_sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  book(callSid: string): Promise<CallBookView> {
    return this.control<CallBookView>('GET', `calls/${callSid}`);
  }

  /** A caller rings the app's number. */
  async ring(script: unknown[], faults: unknown[] = []): Promise<string> {
    await this.control('POST', 'numbers', {
      number: OWN_NUMBER,
      voiceUrl: `${APP}/voice`,
      statusCallback: `${APP}/status`,
    });
    const { callSid } = await this.control<{ callSid: string }>('POST', 'calls', {
      from: '+972501234567',
      to: OWN_NUMBER,
      script,
      faults,
    });
    return callSid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.simulator[Symbol.asyncDispose]();
    await this.app[Symbol.asyncDispose]();
  }
}
