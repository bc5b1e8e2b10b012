import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { type CallEraser } from './deletion/delete-call';
import { type RecordingFiles } from './files/recording-files';
import { type ApplyOptions } from './recording/apply-report';
import { type RecordingStarter } from './recording/start-recording';

/** What the routes need of the service. */
export interface Parts {
  database: Database;
  files: RecordingFiles;
  starter: RecordingStarter;
  eraser: CallEraser;
  apply: ApplyOptions;
  logger: Logger;
}
