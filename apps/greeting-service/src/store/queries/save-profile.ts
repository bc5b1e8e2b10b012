import { type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { PhoneNumberEntity } from '../entities/phone-number';
import { ProfileEntity } from '../entities/profile';

/** A number that another business has already. */
export class NumberTakenError extends Error {
  constructor(readonly number: string) {
    super(`the number ${number} belongs to another business`);
    this.name = 'NumberTakenError';
  }
}

/** Writes a profile with exactly these numbers. Callers hold the revision lock, so two saves never race for a number. */
export const saveProfile = async (
  manager: EntityManager,
  profile: Omit<ProfileEntity, 'phoneNumbers'>,
  numbers: readonly string[],
): Promise<void> => {
  const [taken] = await manager.query<{ number: string }[]>(
    'SELECT number FROM phone_numbers WHERE number = ANY($1) AND business_id <> $2 LIMIT 1',
    [numbers, profile.id],
  );
  if (taken) throw new NumberTakenError(taken.number);
  // typeorm's type of a partial entity does not allow for free-form JSON such as a tool's parameters.
  await manager.upsert(ProfileEntity, profile as QueryDeepPartialEntity<ProfileEntity>, ['id']);
  await manager.delete(PhoneNumberEntity, { businessId: profile.id });
  await manager.insert(
    PhoneNumberEntity,
    [...new Set(numbers)].map((number, position) => ({ number, businessId: profile.id, position })),
  );
};

/** Takes these businesses' numbers away, for as long as it takes to give them new ones. */
export const releaseNumbers = async (manager: EntityManager, ids: readonly string[]): Promise<void> => {
  await manager.query('DELETE FROM phone_numbers WHERE business_id = ANY($1)', [ids]);
};

/** Leaves of a profile only that it was deleted, and when: nothing of what it said or whom it served. */
export const buryProfile = async (manager: EntityManager, id: string, revision: number): Promise<void> => {
  await manager.delete(PhoneNumberEntity, { businessId: id });
  await manager.update(
    ProfileEntity,
    { id },
    {
      revision,
      name: '',
      greetingText: '',
      instructions: '',
      tools: [],
      transferNumber: null,
      fallbackPrompt: null,
      speechPlan: null,
      deletedAt: new Date(),
    },
  );
};
