import { type Figure, notMeasured, spoiled } from '@frontdesk/run-report';
import { type OperatorClients } from '@frontdesk/test-harness';

/** Twilio is kept so far ahead; a clock that is later than that makes holes that no gateway could have prevented. */
const LEAD_MS = 140;

/**
 * Measures with many calls at once are worth something only while the machine carries them: where the simulated Twilio's own
 * clock was later than the gateway's lead, what did not hold counts as not measured. What held, held all the same.
 */
export const withMachineVerdict = async (
  { twilio }: Pick<OperatorClients, 'twilio'>,
  measure: () => Promise<Figure[]>,
): Promise<Figure[]> => {
  await twilio.forgetClock();
  const figures = await measure().catch((error: unknown) => error);
  const { maxMs } = await twilio.clock();
  const why = `the media clock of the simulated Twilio was ${Math.round(maxMs)} ms late`;
  if (!isFigures(figures)) {
    if (maxMs <= LEAD_MS) throw figures;
    return [notMeasured('done to its end', '', 'done', why)];
  }
  if (maxMs <= LEAD_MS) return figures;
  return figures.map((figure) => (figure.ok === false ? spoiled(figure, why) : figure));
};

const isFigures = (result: unknown): result is Figure[] => Array.isArray(result);
