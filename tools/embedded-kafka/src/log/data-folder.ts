import { identifyProcess, isStillAlive } from '@frontdesk/runtime';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { DamagedDataError } from '../damaged-data-error';
import { writeAtomically } from './write-atomically';

/** Grows when the layout on disk changes. */
const formatVersion = 1;
/** Producer ids are handed out from blocks, so that a crash never gives one twice. */
const producerIdBlock = 1000;

interface Description {
  format: number;
  clusterId: string;
  nextProducerId: number;
}

/** The broker's folder: recognised by `broker.json`, used by one process at a time (`lock`). */
export class DataFolder {
  private unusedProducerIds = 0;

  private constructor(
    readonly path: string,
    private description: Description,
  ) {}

  static open(path: string): DataFolder {
    mkdirSync(path, { recursive: true });
    const descriptionPath = join(path, 'broker.json');
    if (!existsSync(descriptionPath) && readdirSync(path).some((name) => !/^(lock|.*\.tmp)$/.test(name)))
      throw new DamagedDataError(`${path} holds files but is not a data folder of embedded-kafka`);
    DataFolder.lock(path);
    const description = existsSync(descriptionPath)
      ? DataFolder.readDescription(descriptionPath)
      : { format: formatVersion, clusterId: randomUUID(), nextProducerId: 1 };
    writeAtomically(descriptionPath, JSON.stringify(description));
    return new DataFolder(path, description);
  }

  private static readDescription(path: string): Description {
    let description: Description;
    try {
      description = JSON.parse(readFileSync(path, 'utf8')) as Description;
    } catch {
      throw new DamagedDataError(`${path} is not JSON`);
    }
    if (description.format !== formatVersion)
      throw new DamagedDataError(`${path} says format ${description.format}, this is ${formatVersion}`);
    return description;
  }

  private static lock(path: string): void {
    const lockPath = join(path, 'lock');
    const holder = DataFolder.readLock(lockPath);
    if (holder && holder.pid !== process.pid && isStillAlive(holder))
      throw new Error(`${path} is in use by the broker with process id ${holder.pid}`);
    const { pid, token } = identifyProcess(process.pid) ?? { pid: process.pid, token: '' };
    writeAtomically(lockPath, JSON.stringify({ pid, token }));
  }

  /** Who held the folder last; undefined when it was left cleanly or the note is unreadable. */
  private static readLock(path: string): { pid: number; token: string } | undefined {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; token: string };
    } catch {
      return undefined;
    }
  }

  get clusterId(): string {
    return this.description.clusterId;
  }

  /** A producer id that was never given before. */
  nextProducerId(): number {
    if (this.unusedProducerIds === 0) {
      const nextProducerId = this.description.nextProducerId + producerIdBlock;
      writeAtomically(
        join(this.path, 'broker.json'),
        JSON.stringify({ ...this.description, nextProducerId }),
      );
      this.description = { ...this.description, nextProducerId };
      this.unusedProducerIds = producerIdBlock;
    }
    return this.description.nextProducerId - this.unusedProducerIds--;
  }

  close(): void {
    rmSync(join(this.path, 'lock'), { force: true });
  }
}
