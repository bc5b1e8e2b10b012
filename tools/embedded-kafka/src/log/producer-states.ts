import { ErrorCode } from '../protocol/error-codes';
import { addSequence, type BatchHeader } from './record-batch';

/** How many batches back a repeat is recognised; Kafka's number, the most an idempotent producer has in flight. */
const rememberedBatches = 5;
/** Producers remembered in a partition; the one unused for longest is forgotten first. */
const maxProducers = 10_000;

interface ProducerState {
  epoch: number;
  batches: { firstSequence: number; lastSequence: number; baseOffset: number }[];
}

export type SequenceVerdict =
  { kind: 'append' } | { kind: 'duplicate'; baseOffset: number } | { kind: 'refuse'; errorCode: ErrorCode };

/** What a partition knows of its idempotent producers; rebuilt from the log at start. */
export class ProducerStates {
  private readonly producers = new Map<number, ProducerState>();

  /** May this batch be appended, was it before, or does it break the sequence? */
  check(batch: BatchHeader): SequenceVerdict {
    const known = this.producers.get(batch.producerId);
    if (batch.producerId < 0 || !known) return { kind: 'append' };
    if (batch.producerEpoch < known.epoch)
      return { kind: 'refuse', errorCode: ErrorCode.invalidProducerEpoch };
    if (batch.producerEpoch > known.epoch)
      return batch.firstSequence === 0
        ? { kind: 'append' }
        : { kind: 'refuse', errorCode: ErrorCode.outOfOrderSequence };
    const repeated = known.batches.find(
      (other) => other.firstSequence === batch.firstSequence && other.lastSequence === batch.lastSequence,
    );
    if (repeated) return { kind: 'duplicate', baseOffset: repeated.baseOffset };
    const last = known.batches.at(-1)!.lastSequence;
    if (batch.firstSequence === addSequence(last, 1)) return { kind: 'append' };
    const isOld = batch.lastSequence <= last;
    return {
      kind: 'refuse',
      errorCode: isOld ? ErrorCode.duplicateSequence : ErrorCode.outOfOrderSequence,
    };
  }

  /** Notes an appended batch. */
  note(batch: BatchHeader): void {
    if (batch.producerId < 0) return;
    const known = this.producers.get(batch.producerId);
    const batches = known?.epoch === batch.producerEpoch ? known.batches : [];
    const { firstSequence, lastSequence, baseOffset } = batch;
    batches.push({ firstSequence, lastSequence, baseOffset });
    if (batches.length > rememberedBatches) batches.shift();
    this.producers.delete(batch.producerId); // to the end of the map's order: last used
    this.producers.set(batch.producerId, { epoch: batch.producerEpoch, batches });
    if (this.producers.size > maxProducers) this.producers.delete(this.producers.keys().next().value!);
  }
}
