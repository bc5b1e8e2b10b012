import { type Call, listCalls, listCallTurns, type Turn } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { maskNumber } from '@frontdesk/observability';

/** How many of the newest calls are looked at; more do not end within one look. */
const LOOKED_AT = 50;

/** The call log, followed: each call that ends is told once, with what both sides said. */
export class FinishedCalls {
  private readonly told = new Set<string>();

  /** @param since calls that began before are of no interest */
  constructor(
    private readonly recording: ServiceClient,
    private readonly since: Date,
  ) {}

  /** What a person should read of the calls that have ended since the last look, oldest first. */
  async look(): Promise<string[]> {
    const query = { from: this.since.toISOString(), limit: LOOKED_AT };
    const { calls } = await this.recording.call(listCalls, { query });
    const lines: string[] = [];
    for (const call of calls.reverse()) {
      if (call.endedAt === null || this.told.has(call.callSid)) continue;
      const { turns } = await this.recording.call(listCallTurns, { params: { sid: call.callSid } });
      this.told.add(call.callSid);
      lines.push(...toldOf(call, turns));
    }
    return lines;
  }
}

/** A call as a few lines: between whom, how it went, and the words as they were heard. */
export const toldOf = (call: Call, turns: readonly Turn[]): string[] => {
  const lastedMs = call.endedAt === null ? 0 : Date.parse(call.endedAt) - Date.parse(call.startedAt);
  const firstAudioMs = call.quality?.firstAudioMs;
  const facts = [
    call.outcome,
    `${Math.round(lastedMs / 1000)} s`,
    ...(firstAudioMs == null ? [] : [`first sound after ${Math.round(firstAudioMs)} ms`]),
    call.callSid,
  ];
  return [
    '',
    `Call from ${maskNumber(call.from)} to ${maskNumber(call.to)}: ${facts.join(', ')}`,
    ...turns.map(
      ({ speaker, heard, interrupted }) => `  ${speaker.padEnd(8)}"${heard}"${interrupted ? ' …' : ''}`,
    ),
  ];
};
