import { CallRow } from './call.entity';
import { RecordingRow } from './recording.entity';
import { TranscriptRow } from './transcript.entity';
import { TurnRow } from './turn.entity';

export * from './call.entity';
export * from './recording.entity';
export * from './transcript.entity';
export * from './turn.entity';

export const entities = [CallRow, RecordingRow, TranscriptRow, TurnRow];
