import { OutboxMigration1700000000001 } from '@frontdesk/persistence';
import { AddCallRules1700000000120 } from './add-call-rules';
import { AddClaimAddress1700000000170 } from './add-claim-address';
import { AddSpeechPlans1700000000150 } from './add-speech-plans';
import { KeepFramesByMaker1700000000160 } from './keep-frames-by-maker';
import { CreateGreeting1700000000100 } from './create-greeting';

/** In the order they run. */
export const migrations = [
  OutboxMigration1700000000001,
  CreateGreeting1700000000100,
  AddCallRules1700000000120,
  AddSpeechPlans1700000000150,
  KeepFramesByMaker1700000000160,
  AddClaimAddress1700000000170,
];
