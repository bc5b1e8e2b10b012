import { fillTemplate } from '@frontdesk/runtime';

/** What an opening line may name of a person: `{first_name}` and `{name}`. */
export const personOf = (name: string): Record<string, string> => {
  const whole = name.trim();
  // "Cohen, Dana" as address books write it.
  const given = whole.includes(',') ? whole.slice(whole.indexOf(',') + 1).trim() : whole;
  return { first_name: given.split(/\s+/)[0]!, name: whole };
};

/** The opening line for this person, as greeting-service words it too. */
export const openingTextFor = (openingLine: string, name: string): string =>
  fillTemplate(openingLine, personOf(name));

/** Whether something is left to say to a person of whom nothing is known. Tags are not said. */
export const saysSomething = (openingLine: string): boolean =>
  /[\p{L}\p{N}]/u.test(fillTemplate(openingLine, {}).replace(/<[^>]*>/g, ' '));
