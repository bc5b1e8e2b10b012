import { type Turn } from '@frontdesk/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One turn, by the place of its event in the call. */
@Entity('turns')
export class TurnRow {
  @PrimaryColumn({ name: 'call_sid', type: 'text' })
  callSid!: string;
  @PrimaryColumn({ name: 'generation', type: 'integer' })
  generation!: number;
  @PrimaryColumn({ name: 'seq', type: 'integer' })
  seq!: number;
  @Column({ name: 'speaker', type: 'text' })
  speaker!: Turn['speaker'];
  @Column({ name: 'item_id', type: 'text' })
  itemId!: string;
  @Column({ name: 'said', type: 'text' })
  said!: string;
  @Column({ name: 'heard', type: 'text' })
  heard!: string;
  @Column({ name: 'estimated', type: 'boolean' })
  estimated!: boolean;
  @Column({ name: 'interrupted', type: 'boolean' })
  interrupted!: boolean;
  @Column({ name: 'started_at_ms', type: 'double precision' })
  startedAtMs!: number;
  @Column({ name: 'ended_at_ms', type: 'double precision' })
  endedAtMs!: number;
}
