import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type FramesPool } from '../../cache/frames';

/** Finished frames: the durable level of the cache. */
@Entity('frames')
export class FramesEntity {
  /** Of the row: key and maker. */
  @PrimaryColumn('text')
  key!: string;
  /** What it is asked for by; null where an earlier release wrote it: its primary key then. */
  @Column('text', { name: 'spoken_key', nullable: true })
  spokenKey!: string | null;
  @Column('uuid', { name: 'business_id' })
  businessId!: string;
  @Column('text')
  pool!: FramesPool;
  @Column('text')
  locale!: string;
  @Column('text')
  voice!: string;
  /** As written. */
  @Column('text')
  text!: string;
  @Column('text')
  provider!: string;
  @Column('text')
  model!: string;
  @Column('integer', { name: 'pipeline_version' })
  pipelineVersion!: number;
  @Column('bytea')
  mulaw!: Buffer;
  @Column('integer', { name: 'frame_count' })
  frameCount!: number;
  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
  /** When it was last of use; counts for campaign openings, which go when it was long ago. */
  @Column('timestamptz', { name: 'used_at' })
  usedAt!: Date;
}
