import { Column, Entity, PrimaryColumn } from 'typeorm';

export type RecordingKind = 'conversation' | 'message' | 'transfer';
export type RecordingStatus = 'in-progress' | 'processing' | 'completed' | 'absent' | 'deleted';

/** One recording of a call, known by Twilio's RecordingSid. */
@Entity('recordings')
export class RecordingRow {
  @PrimaryColumn({ name: 'recording_sid', type: 'text' })
  recordingSid!: string;
  @Column({ name: 'call_sid', type: 'text' })
  callSid!: string;
  @Column({ name: 'account_sid', type: 'text', nullable: true })
  accountSid!: string | null;
  @Column({ name: 'business_id', type: 'uuid', nullable: true })
  businessId!: string | null;
  @Column({ name: 'kind', type: 'text' })
  kind!: RecordingKind;
  @Column({ name: 'status', type: 'text' })
  status!: RecordingStatus;
  /** As Twilio gave it, without suffix. */
  @Column({ name: 'url', type: 'text', nullable: true })
  url!: string | null;
  /** Null while unknown; gates nothing (RE3). */
  @Column({ name: 'duration_seconds', type: 'double precision', nullable: true })
  durationSeconds!: number | null;
  @Column({ name: 'channels', type: 'integer', nullable: true })
  channels!: number | null;
  @Column({ name: 'started_at', type: 'timestamptz', nullable: true })
  startedAt!: Date | null;
  /** Name of its file in the cache, without suffix. */
  @Column({ name: 'file_stem', type: 'text' })
  fileStem!: string;
  /** SHA-256 of the file, in hex. */
  @Column({ name: 'checksum', type: 'text', nullable: true })
  checksum!: string | null;
  /** Completed downloads from Twilio. */
  @Column({ name: 'downloads', type: 'integer' })
  downloads!: number;
  @Column({ name: 'created_at', type: 'timestamptz', insert: false })
  createdAt!: Date;
}
