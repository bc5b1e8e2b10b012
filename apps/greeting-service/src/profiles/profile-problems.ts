import { type BusinessProfileInput } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { hasWords, spokenText } from '../pipeline/spoken-text';
import { NumberTakenError } from '../store/queries/save-profile';

type Mistakes = NonNullable<HttpProblem['errors']>;

/** Fields that a schema cannot judge: their text must hold something that can be spoken. */
export const mistakesOf = ({ greetingText, fallbackPrompt }: BusinessProfileInput, path = 'body'): Mistakes =>
  Object.entries({ greetingText, fallbackPrompt })
    .filter(([, text]) => text !== null && !hasWords(spokenText(text)))
    .map(([field]) => ({ path: `${path}.${field}`, message: 'holds nothing that can be spoken' }));

export const refuseMistakes = (mistakes: Mistakes): void => {
  if (mistakes.length > 0) throw new HttpProblem(400, 'The request does not fit', undefined, mistakes);
};

/** A number that another business has becomes 409, naming it; everything else stays as it is. */
export const orNumberTaken = (error: unknown, path = 'body.phoneNumbers'): never => {
  if (error instanceof NumberTakenError)
    throw new HttpProblem(409, 'A phone number is taken', error.message, [
      { path, message: `${error.number} belongs to another business` },
    ]);
  throw error;
};
