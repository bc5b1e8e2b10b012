import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_RATE, writeWav } from '@frontdesk/audio';
import type { Journal } from '../book/journal';
import type { Call } from '../call/call';
import { newSid } from '../call/sid';
import type { CallWorld } from '../call/call-world';
import { Recorder, type RecordingTrack } from './recorder';
import {
  durationText,
  type Recording,
  type RecordingCallback,
  type RecordingSource,
  type RecordingStatus,
} from './recording';
import { sendRecordingCallback } from './recording-callback';
import { WavWriter } from './wav-writer';

interface Active {
  readonly recording: Recording;
  readonly recorder: Recorder;
  readonly writer: WavWriter;
  readonly call: Call;
  readonly trim: boolean;
  readonly untap: () => void;
}

export interface StartRecording {
  readonly source: RecordingSource;
  readonly channels: 1 | 2;
  readonly track: RecordingTrack;
  /** Cut silence at both ends. */
  readonly trim: boolean;
  readonly callback?: RecordingCallback | undefined;
}

/** All recordings: being written, being processed, done, and those of earlier runs. */
export class RecordingStore {
  private readonly recordings = new Map<string, Recording>();
  private readonly active = new Map<string, Active>();
  private readonly refusalsLeft = new Map<string, number>();
  private readonly finishing = new Set<Promise<void>>();

  constructor(
    private readonly world: () => CallWorld,
    private readonly journal: Journal,
  ) {}

  /** Starts recording a call that is in progress. */
  start(call: Call, o: StartRecording): Recording {
    const { line } = call;
    if (!line) throw new Error(`call ${call.sid} has no audio to record`);
    const now = this.world().clock.now();
    const recording: Recording = {
      sid: newSid('RE'),
      callSid: call.sid,
      source: o.source,
      channels: o.channels,
      track: o.track,
      startedAtMs: now,
      callback: o.callback,
      status: 'in-progress',
      updatedAtMs: now,
      samples: null,
      errorCode: null,
      deletedAtMs: null,
    };
    const writer = new WavWriter(this.path(recording.sid), o.channels);
    const recorder = new Recorder(writer, o.channels, o.track);
    this.recordings.set(recording.sid, recording);
    call.recordingSids.push(recording.sid);
    this.active.set(recording.sid, {
      recording,
      recorder,
      writer,
      call,
      trim: o.trim,
      untap: line.tap(recorder),
    });
    call.book.note('recording-started', { recordingSid: recording.sid, source: o.source });
    this.journal.append('recording', recording);
    void sendRecordingCallback(this.world(), call, recording, 'in-progress', this.recordingUrl(recording));
    call.onEnd(() => void this.stop(recording.sid));
    return recording;
  }

  /** A recording of a call that is over, with what was said in it; its callback is sent as for any other. */
  async addFinished(
    call: Call,
    samples: readonly Int16Array[],
    callback: RecordingCallback,
  ): Promise<Recording> {
    const recording: Recording = {
      sid: newSid('RE'),
      callSid: call.sid,
      source: 'StartCallRecordingAPI',
      channels: samples.length === 1 ? 1 : 2,
      track: 'both',
      startedAtMs: call.answeredAtMs ?? call.createdAtMs,
      callback,
      status: 'processing',
      updatedAtMs: this.world().clock.now(),
      samples: samples[0]?.length ?? 0,
      errorCode: null,
      deletedAtMs: null,
    };
    await writeFile(this.path(recording.sid), writeWav(samples, SAMPLE_RATE));
    this.recordings.set(recording.sid, recording);
    call.recordingSids.push(recording.sid);
    this.update(recording, 'completed');
    void sendRecordingCallback(this.world(), call, recording, 'completed', this.recordingUrl(recording));
    return recording;
  }

  pause(recording: Recording, behavior: 'skip' | 'silence'): void {
    const active = this.active.get(recording.sid);
    if (active) active.recorder.paused = behavior;
    this.update(recording, 'paused');
  }

  resume(recording: Recording): void {
    const active = this.active.get(recording.sid);
    if (active) active.recorder.paused = undefined;
    this.update(recording, 'in-progress');
  }

  /** Ends the recording; its file follows after the processing time. Resolves when it is complete or absent. */
  stop(sid: string): Promise<void> {
    const active = this.active.get(sid);
    if (!active) return Promise.resolve();
    this.active.delete(sid);
    active.untap();
    const task = this.finish(active).finally(() => this.finishing.delete(task));
    this.finishing.add(task);
    return task;
  }

  get(sid: string): Recording | undefined {
    return this.recordings.get(sid);
  }

  /** Newest first. */
  list(): Recording[] {
    return [...this.recordings.values()].reverse();
  }

  /** The recording of this call that runs now. */
  current(callSid: string): Recording | undefined {
    return [...this.active.values()].find((active) => active.call.sid === callSid)?.recording;
  }

  /** False while a fault keeps a complete recording from being there: `times` requests answered 404. */
  isReadyNow(recording: Recording): boolean {
    const { sid, callSid } = recording;
    const strike = this.refusalsLeft.has(sid)
      ? undefined
      : this.world().faults.take('recording-not-ready', { callSid, to: undefined });
    const refusals = this.refusalsLeft.get(sid) ?? strike?.number('times', 1) ?? 0;
    if (refusals === 0) return true;
    this.refusalsLeft.set(sid, refusals - 1);
    return false;
  }

  async delete(recording: Recording): Promise<void> {
    recording.deletedAtMs = this.world().clock.now();
    this.update(recording, 'deleted');
    await rm(this.path(recording.sid), { force: true });
  }

  path(sid: string): string {
    return join(this.journal.recordingsDir, `${sid}.wav`);
  }

  recordingUrl(recording: Recording): string {
    const { accountSid } = this.world();
    return `${this.world().baseUrl()}/2010-04-01/Accounts/${accountSid}/Recordings/${recording.sid}`;
  }

  /** What a completed callback of a call created with Record=true carries. */
  callParameters(callSid: string): Record<string, string> {
    const recording = this.list().find(
      (candidate) => candidate.callSid === callSid && candidate.source === 'OutboundAPI',
    );
    if (!recording) return {};
    const duration = durationText(recording);
    return {
      RecordingUrl: this.recordingUrl(recording),
      RecordingSid: recording.sid,
      ...(duration === null || duration === '-1' ? {} : { RecordingDuration: duration }),
    };
  }

  /** A recording of an earlier run; one that never became complete is lost. */
  restore(recording: Recording): void {
    const isWhole = ['completed', 'absent', 'deleted'].includes(recording.status);
    this.recordings.set(recording.sid, isWhole ? recording : { ...recording, status: 'failed' });
  }

  /** Waits for files being completed. */
  async close(): Promise<void> {
    for (const sid of [...this.active.keys()]) void this.stop(sid);
    await Promise.allSettled([...this.finishing]);
  }

  private async finish({ recording, recorder, writer, call, trim }: Active): Promise<void> {
    const world = this.world();
    this.update(recording, 'processing');
    const keep = trim ? recorder.audiblePart : { from: 0, to: writer.samples };
    const samples = keep.to - keep.from;
    const isAbsent = samples === 0 || world.faults.take('recording-absent', call.subject) !== undefined;
    if (isAbsent) await writer.discard();
    else await writer.finish(keep);
    await new Promise<void>((resolve) => world.clock.setTimer(resolve, world.settings.recordingProcessingMs));
    recording.samples = samples;
    if (isAbsent) recording.errorCode = writer.samples === 0 ? 16101 : 16102;
    this.update(recording, isAbsent ? 'absent' : 'completed');
    call.book.note(`recording-${recording.status}`, { recordingSid: recording.sid });
    await sendRecordingCallback(world, call, recording, recording.status, this.recordingUrl(recording));
  }

  private update(recording: Recording, status: RecordingStatus): void {
    recording.status = status;
    recording.updatedAtMs = this.world().clock.now();
    this.journal.append('recording', recording);
  }
}
