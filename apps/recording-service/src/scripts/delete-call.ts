import { callSidSchema } from '@frontdesk/contracts';
import { say, sidsOf, withParts } from './script-context';

/** Deletes the data of calls everywhere it is, as the API does. */
export const deleteCalls = (words: readonly string[]): Promise<void> => {
  const sids = sidsOf(callSidSchema, words);
  if (sids.length === 0) throw new Error('delete-call needs call SIDs');
  return withParts(async ({ parts: { eraser } }) => {
    for (const callSid of sids) await eraser.erase(callSid);
    say(`${sids.length} calls were deleted`);
  });
};
