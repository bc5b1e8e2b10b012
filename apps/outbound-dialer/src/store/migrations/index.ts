import { InboxMigration1700000000002, OutboxMigration1700000000001 } from '@frontdesk/persistence';
import { CreateDialer1700000000100 } from './create-dialer';
import { ExtendDialer1700000000200 } from './extend-dialer';
import { PaceDialer1700000000300 } from './pace-dialer';
import { PersonalOpenings1700000000400 } from './personal-openings';

/** In the order in which they run; never changed once released, only added to. */
export const migrations = [
  OutboxMigration1700000000001,
  InboxMigration1700000000002,
  CreateDialer1700000000100,
  ExtendDialer1700000000200,
  PaceDialer1700000000300,
  PersonalOpenings1700000000400,
];
