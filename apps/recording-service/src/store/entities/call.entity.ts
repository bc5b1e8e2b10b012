import { type Call, type CallOutcome } from '@frontdesk/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One call, as far as it is known. */
@Entity('calls')
export class CallRow {
  @PrimaryColumn({ name: 'call_sid', type: 'text' })
  callSid!: string;
  @Column({ name: 'account_sid', type: 'text', nullable: true })
  accountSid!: string | null;
  @Column({ name: 'business_id', type: 'uuid', nullable: true })
  businessId!: string | null;
  @Column({ name: 'direction', type: 'text', nullable: true })
  direction!: 'inbound' | 'outbound' | null;
  @Column({ name: 'from_number', type: 'text', nullable: true })
  fromNumber!: string | null;
  @Column({ name: 'to_number', type: 'text', nullable: true })
  toNumber!: string | null;
  @Column({ name: 'attempt_id', type: 'uuid', nullable: true })
  attemptId!: string | null;
  @Column({ name: 'locale', type: 'text', nullable: true })
  locale!: string | null;
  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt!: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
  @Column({ name: 'end_reason', type: 'text', nullable: true })
  endReason!: string | null;
  @Column({ name: 'figures', type: 'jsonb', nullable: true })
  figures!: Record<string, unknown> | null;
  @Column({ name: 'recording_url', type: 'text', nullable: true })
  recordingUrl!: string | null;
  @Column({ name: 'outcome', type: 'text', nullable: true })
  outcome!: CallOutcome | null;
  @Column({ name: 'has_message', type: 'boolean' })
  hasMessage!: boolean;
  @Column({ name: 'quality', type: 'jsonb', nullable: true })
  quality!: Call['quality'];
  @Column({ name: 'input_tokens', type: 'bigint', nullable: true })
  inputTokens!: string | null;
  @Column({ name: 'output_tokens', type: 'bigint', nullable: true })
  outputTokens!: string | null;
}
