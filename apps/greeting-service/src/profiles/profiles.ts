import { type BusinessProfile, type BusinessProfileInput, type ExportedProfile } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { type Database } from '@frontdesk/persistence';
import { newId } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type GreetingEvents } from '../events';
import { type ProfileEntity } from '../store/entities/profile';
import { findProfile, findProfiles, type Visible } from '../store/queries/find-profiles';
import { removeFrames } from '../store/queries/remove-frames';
import { lockRevisions, nextRevision } from '../store/queries/revision';
import { buryProfile } from '../store/queries/save-profile';
import { announceProfile } from './profile-changed';
import { mistakesOf, orNumberTaken, refuseMistakes } from './profile-problems';
import { planOf, providerVoice, toProfile, type ProfileDefaults } from './profile-shape';
import { type SpeechPlan } from './speech-plan';
import { importProfiles, type Imported } from './transfer-profiles';
import { writeProfile } from './write-profile';

/** Who writes, and which version they have seen (If-Match). */
export interface Writer {
  readonly visible: Visible;
  readonly expected: (revision: number) => boolean;
  readonly traceparent: string;
}

/** Business profiles: every change takes a revision and leaves its event in the transaction that wrote it (GR1, GR4). */
export class Profiles {
  constructor(
    private readonly database: Database,
    readonly defaults: ProfileDefaults,
    private readonly events: GreetingEvents,
    /** Told after each commit: there is something to warm. */
    private readonly onChanged: () => void,
  ) {}

  async list(visible: Visible): Promise<BusinessProfile[]> {
    const rows = await findProfiles(this.manager, visible);
    return rows.map((row) => toProfile(row, this.defaults));
  }

  async get(id: string, visible: Visible): Promise<BusinessProfile> {
    return toProfile(await existing(this.manager, id, visible), this.defaults);
  }

  /** Everything that should exist as frames for a business. */
  async plan(id: string, visible: Visible): Promise<SpeechPlan> {
    return planOf(await existing(this.manager, id, visible), this.defaults);
  }

  /** How a business speaks, where not asked otherwise; the voice is the provider's. */
  async speechOf(
    id: string,
    visible: Visible,
    asked: { locale?: string | undefined; voice?: string | undefined },
  ): Promise<{ locale: string; voice: string }> {
    const row = await existing(this.manager, id, visible);
    const locale = asked.locale ?? row.locale ?? this.defaults.locale;
    return { locale, voice: providerVoice(asked.voice ?? row.voice, locale, this.defaults).voice };
  }

  async create(input: BusinessProfileInput, writer: Writer): Promise<BusinessProfile> {
    if (writer.visible !== '*')
      throw new HttpProblem(403, 'Only those who may see all businesses may create one');
    return await this.save(newId(), input, writer, new Date());
  }

  async replace(id: string, input: BusinessProfileInput, writer: Writer): Promise<BusinessProfile> {
    return await this.save(id, input, writer, null);
  }

  /** All of them or none. */
  async import(profiles: readonly ExportedProfile[], writer: Writer): Promise<Imported> {
    const { database, defaults } = this;
    const imported = await importProfiles({ database, defaults }, profiles, writer);
    for (const profile of profiles) this.warnOfUnknownVoice(profile);
    for (const { id, revision } of imported.profiles) this.events.profileSaved(id, revision);
    this.onChanged();
    return imported;
  }

  async remove(id: string, writer: Writer): Promise<void> {
    const revision = await this.database.transaction(async (manager) => {
      const next = await nextRevision(manager);
      assertExpected(await existing(manager, id, writer.visible), writer);
      await buryProfile(manager, id, next);
      await removeFrames(manager, id);
      await announceProfile(manager, {
        businessId: id,
        revision: next,
        deleted: true,
        traceparent: writer.traceparent,
      });
      return next;
    });
    this.events.profileDeleted(id, revision);
    this.onChanged();
  }

  /** @param createdAt null where the profile must exist already */
  private async save(
    id: string,
    input: BusinessProfileInput,
    writer: Writer,
    createdAt: Date | null,
  ): Promise<BusinessProfile> {
    refuseMistakes(mistakesOf(input));
    this.warnOfUnknownVoice(input);
    const saved = await this.database
      .transaction(async (manager) => {
        await lockRevisions(manager);
        const before = createdAt ? null : await existing(manager, id, writer.visible);
        if (before) assertExpected(before, writer);
        const times = { createdAt: before?.createdAt ?? createdAt ?? new Date() };
        await writeProfile(manager, { id, input, ...times, traceparent: writer.traceparent }, this.defaults);
        return await existing(manager, id, '*');
      })
      .catch((error: unknown) => orNumberTaken(error));
    this.events.profileSaved(id, saved.revision);
    this.onChanged();
    return toProfile(saved, this.defaults);
  }

  private warnOfUnknownVoice({ voice, locale }: BusinessProfileInput): void {
    const { defaults, events } = this;
    const resolved = providerVoice(voice ?? null, locale ?? defaults.locale, defaults);
    if (resolved.unknown) events.voiceUnknown(resolved.unknown, resolved.voice, defaults.voices.provider);
  }

  private get manager(): EntityManager {
    return this.database.dataSource.manager;
  }
}

const existing = async (manager: EntityManager, id: string, visible: Visible): Promise<ProfileEntity> => {
  const row = await findProfile(manager, id, visible);
  if (!row) throw new HttpProblem(404, 'There is no such business');
  return row;
};

const assertExpected = (row: ProfileEntity, { expected }: Writer): void => {
  if (!expected(row.revision))
    throw new HttpProblem(
      412,
      'The profile was changed meanwhile',
      `It is now at revision ${row.revision}; read it again before you save`,
    );
};
