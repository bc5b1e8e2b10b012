import { actOnCall } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type Database } from '@frontdesk/persistence';
import { TwilioRestError, type TwilioAccounts } from '@frontdesk/telephony';
import { type DialerEvents } from '../events';
import { machineTreated, takeMachines, type MachineRow } from '../store/queries/machines';

/** Until a try that failed is repeated; the call may end meanwhile, which settles it as well. */
const againMs = 2000;
const machinesOfTick = 20;
const actMs = 1500;
/** Twilio: the call is not in progress any more. */
const CALL_ENDED = 21220;

/**
 * Carries out what a campaign wants done with machines: hang up by REST, or have the gateway that holds the call leave the
 * message. Written down first and repeated until it worked or the call ended; hanging up twice does no harm, and the
 * gateway leaves one message a call.
 */
export class MachinePolicy {
  constructor(
    private readonly options: {
      database: Database;
      accounts: TwilioAccounts;
      gateway: ServiceClient;
      events: DialerEvents;
    },
  ) {}

  async tick(): Promise<void> {
    const { database } = this.options;
    const machines = await database.transaction((manager) => takeMachines(manager, againMs, machinesOfTick));
    await Promise.all(machines.map((attempt) => this.treat(attempt)));
  }

  private async treat(attempt: MachineRow): Promise<void> {
    const { database, events } = this.options;
    try {
      if (attempt.state !== 'done' && attempt.call_sid !== null) await this.act(attempt, attempt.call_sid);
      await machineTreated(database.dataSource.manager, attempt.id);
    } catch (error) {
      events.machinePolicyFailed(attempt, error);
    }
  }

  private async act(attempt: MachineRow, callSid: string): Promise<void> {
    const { accounts, gateway, events } = this.options;
    if (attempt.machine_policy === 'hang-up')
      await accounts
        .account(attempt.account_sid)
        .updateCall(callSid, { status: 'completed' })
        .catch((error: unknown) => {
          if (!(error instanceof TwilioRestError) || error.code !== CALL_ENDED) throw error;
        });
    else
      await gateway.call(actOnCall, {
        params: { sid: callSid },
        body: { action: 'machine-detected', answeredBy: attempt.answered_by ?? 'unknown' },
        timeoutMs: actMs,
      });
    events.machineTreated(attempt, attempt.machine_policy);
  }
}
