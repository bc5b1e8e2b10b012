import { type BusinessProfileInput } from '@frontdesk/contracts';
import { Column, Entity, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import { type StoredPlan } from '../../profiles/speech-plan';
import { PhoneNumberEntity } from './phone-number';

/** A business. A deleted one stays as a tombstone with its revision, so that gateways hear of it. */
@Entity('profiles')
export class ProfileEntity {
  @PrimaryColumn('uuid')
  id!: string;
  /** From one sequence over all profiles, in the order of commits. */
  @Column('bigint', { transformer: { to: (value: number) => value, from: Number } })
  revision!: number;
  @Column('text')
  name!: string;
  /** Null: GREETING_LOCALE_DEFAULT. */
  @Column('text', { nullable: true })
  locale!: string | null;
  /** As it was typed; null: GREETING_VOICE_DEFAULT. */
  @Column('text', { nullable: true })
  voice!: string | null;
  @Column('text', { name: 'greeting_text' })
  greetingText!: string;
  @Column('text')
  instructions!: string;
  @Column('jsonb')
  tools!: BusinessProfileInput['tools'];
  @Column('text', { name: 'transfer_number', nullable: true })
  transferNumber!: string | null;
  @Column('text', { name: 'fallback_prompt', nullable: true })
  fallbackPrompt!: string | null;
  @Column('integer', { name: 'greeting_protect_ms', nullable: true })
  greetingProtectMs!: number | null;
  @Column('integer', { name: 'retention_days', nullable: true })
  retentionDays!: number | null;
  @Column('jsonb', { name: 'silent_caller', nullable: true })
  silentCaller!: BusinessProfileInput['silentCaller'];
  @Column('text', { name: 'opt_out_key', nullable: true })
  optOutKey!: string | null;
  /** Of the frame keys that gateways were told with this revision. */
  @Column('text', { name: 'spoken_fingerprint' })
  spokenFingerprint!: string;
  /** The plan that has this fingerprint, when the release that wrote it knew this column. */
  @Column('jsonb', { name: 'speech_plan', nullable: true })
  speechPlan!: StoredPlan | null;
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
  @OneToMany(() => PhoneNumberEntity, (phoneNumber) => phoneNumber.profile)
  phoneNumbers!: Relation<PhoneNumberEntity[]>;
}
