import { join } from 'node:path';
import { repoRoot } from '@frontdesk/test-harness';

/** Everything the local stack keeps, in one folder that git ignores. */
const dataDir = join(repoRoot, '.data');

export const paths = {
  data: dataDir,
  logs: join(dataDir, 'logs'),
  /** Lists of what runs began, for the run after a kill -9. */
  runs: join(dataDir, 'runs'),
  secrets: join(dataDir, 'secrets.json'),
  /** Recordings and transcripts of demos, a folder each. */
  demos: join(dataDir, 'demo'),
} as const;
