import { PROFILES_FORMAT, type BusinessProfileInput, type ExportedProfile } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { type Database } from '@frontdesk/persistence';
import { newId } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type ProfileEntity } from '../store/entities/profile';
import { findProfile, findProfiles, type Visible } from '../store/queries/find-profiles';
import { lockRevisions } from '../store/queries/revision';
import { releaseNumbers } from '../store/queries/save-profile';
import { mistakesOf, orNumberTaken, refuseMistakes } from './profile-problems';
import { toInput, type ProfileDefaults } from './profile-shape';
import { type Writer } from './profiles';
import { writeProfile } from './write-profile';

export interface Imported {
  readonly created: number;
  readonly replaced: number;
  readonly profiles: { id: string; revision: number }[];
}

/** Profiles as they were typed: what they leave open stays open, so that they mean the same in another deployment. */
export const exportProfiles = async (manager: EntityManager, visible: Visible) => ({
  format: PROFILES_FORMAT as typeof PROFILES_FORMAT,
  exportedAt: new Date().toISOString(),
  profiles: (await findProfiles(manager, visible)).map((row) => ({
    id: row.id,
    revision: row.revision,
    ...toInput(row),
  })),
});

/** Creates and replaces, all or nothing. Numbers may change hands among the profiles of one import. */
export const importProfiles = async (
  { database, defaults }: { database: Database; defaults: ProfileDefaults },
  profiles: readonly ExportedProfile[],
  writer: Writer,
): Promise<Imported> => {
  if (writer.visible !== '*')
    throw new HttpProblem(403, 'Only those who may see all businesses may import profiles');
  refuseMistakes(profiles.flatMap((profile, at) => mistakesOf(profile, `body.profiles.${at}`)));
  refuseMistakes(twiceIn(profiles));
  return await database
    .transaction(async (manager) => {
      await lockRevisions(manager);
      const before: (ProfileEntity | null)[] = [];
      for (const { id } of profiles)
        before.push(id === undefined ? null : await findProfile(manager, id, '*'));
      refuseOutdated(profiles, before);
      await releaseNumbers(
        manager,
        before.flatMap((row) => row?.id ?? []),
      );
      const written: Imported['profiles'] = [];
      for (const [at, { id: asked, revision: _revision, ...input }] of profiles.entries()) {
        const id = asked ?? newId();
        const createdAt = before[at]?.createdAt ?? new Date();
        const { traceparent } = writer;
        const revision = await writeProfile(
          manager,
          { id, input: input satisfies BusinessProfileInput, createdAt, traceparent },
          defaults,
        );
        written.push({ id, revision });
      }
      const replaced = before.filter((row) => row !== null).length;
      return { created: written.length - replaced, replaced, profiles: written };
    })
    .catch((error: unknown) => orNumberTaken(error, 'body.profiles'));
};

/** Ids and numbers that the document itself names twice. */
const twiceIn = (profiles: readonly ExportedProfile[]) => {
  const seen = new Set<string>();
  return profiles.flatMap(({ id, phoneNumbers }, at) =>
    [
      ...(id ? [{ field: 'id', value: id }] : []),
      ...phoneNumbers.map((value, n) => ({ field: `phoneNumbers.${n}`, value })),
    ]
      .filter(({ value }) => seen.size === seen.add(value).size)
      .map(({ field, value }) => ({
        path: `body.profiles.${at}.${field}`,
        message: `${value} is there twice`,
      })),
  );
};

const refuseOutdated = (
  profiles: readonly ExportedProfile[],
  before: readonly (ProfileEntity | null)[],
): void => {
  const outdated = profiles.flatMap(({ revision }, at) => {
    const row = before[at];
    if (revision === undefined || !row || row.revision === revision) return [];
    return [
      { path: `body.profiles.${at}.revision`, message: `the profile is now at revision ${row.revision}` },
    ];
  });
  if (outdated.length > 0)
    throw new HttpProblem(412, 'A profile was changed meanwhile', 'Nothing was imported', outdated);
};
