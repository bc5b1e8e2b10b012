import { type Transcript } from '@frontdesk/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What the provider answered for one piece of one channel. */
export interface TranscriptionAnswer {
  text: string;
  language: string | null;
}

/** The transcription of one recording: a job, then its result. */
@Entity('transcripts')
export class TranscriptRow {
  @PrimaryColumn({ name: 'id', type: 'uuid' })
  id!: string;
  @Column({ name: 'recording_sid', type: 'text' })
  recordingSid!: string;
  @Column({ name: 'call_sid', type: 'text' })
  callSid!: string;
  @Column({ name: 'business_id', type: 'uuid', nullable: true })
  businessId!: string | null;
  @Column({ name: 'status', type: 'text' })
  status!: Transcript['status'];
  @Column({ name: 'language', type: 'text', nullable: true })
  language!: string | null;
  @Column({ name: 'text', type: 'text' })
  text!: string;
  @Column({ name: 'segments', type: 'jsonb' })
  segments!: Transcript['segments'];
  @Column({ name: 'error', type: 'text', nullable: true })
  error!: string | null;
  @Column({ name: 'paid_requests', type: 'integer' })
  paidRequests!: number;
  @Column({ name: 'repeated_requests', type: 'integer' })
  repeatedRequests!: number;
  @Column({ name: 'audio_seconds', type: 'double precision' })
  audioSeconds!: number;
  @Column({ name: 'attempts', type: 'integer' })
  attempts!: number;
  /** Answers already had, by `<channel>.<first millisecond>`. */
  @Column({ name: 'answers', type: 'jsonb' })
  answers!: Record<string, TranscriptionAnswer>;
}
