import { encodeDtmf } from '@frontdesk/audio';
import { builtInToolNames } from '@frontdesk/contracts';
import { ArgumentCheck } from './argument-check';
import { builtInTools, type ToolSetting } from './built-in-tools';
import { type ToolActions, type ToolResult } from './tool';

const inbound: ToolSetting = { direction: 'inbound', canTransfer: false };

const acting = (
  setting: ToolSetting = { direction: 'outbound', canTransfer: true },
  isNumberKnown = true,
) => {
  const done: unknown[] = [];
  const actions: ToolActions = {
    endCall: () => done.push('end'),
    transferCall: () => done.push('transfer'),
    sendTones: (mulaw) => Promise.resolve(void done.push(mulaw)),
    leaveMessage: (message) => done.push(message),
    optOut: () => isNumberKnown && done.push('opt-out') > 0,
  };
  const tools = builtInTools(setting, actions);
  const run = async (name: string, given: object = {}): Promise<ToolResult> => {
    const tool = tools.find((candidate) => candidate.name === name)!;
    const checked = new ArgumentCheck(tool.parameters).check(JSON.stringify(given));
    if (!checked.ok) return checked;
    const signal = new AbortController().signal;
    return await tool.run({ callId: 'c1', arguments: checked.value, signal });
  };
  return { done, run, names: tools.map(({ name }) => name) };
};

describe('the built-in tools', () => {
  it('are those that a business may not name its own like', () => {
    expect(acting().names.sort()).toEqual([...builtInToolNames].sort());
  });

  it('hold a transfer only with a number to transfer to, and opting out only in calls that we make', () => {
    expect(acting(inbound).names).toEqual(['end_call', 'send_dtmf', 'take_message']);
    expect(acting({ ...inbound, canTransfer: true }).names).toContain('transfer_call');
    expect(acting({ direction: 'outbound', canTransfer: false }).names).toContain('opt_out');
  });

  it('send digits as tones and then wait for the other side', async () => {
    const { done, run } = acting();
    expect(await run('send_dtmf', { digits: '1 2-3#' })).toEqual({ ok: true, then: 'wait' });
    expect(done).toEqual([encodeDtmf('123#')]);
    expect(await run('send_dtmf', { digits: 'five' })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/digits are/) as string,
    });
    expect(await run('send_dtmf', { digits: ' ' })).toMatchObject({ ok: false });
    expect(await run('send_dtmf', { digits: '1'.repeat(41) })).toMatchObject({ ok: false });
    expect(done).toHaveLength(1);
  });

  it('take a message with what is known of the caller', async () => {
    const { done, run } = acting(inbound);
    expect(await run('take_message', { message: ' call me ', name: 'Dana', number: ' ' })).toMatchObject({
      ok: true,
    });
    expect(done).toEqual([{ name: 'Dana', number: null, text: 'call me' }]);
    expect(await run('take_message', { name: 'Dana' })).toMatchObject({ ok: false });
  });

  it('say so when the number that opts out is not known', async () => {
    expect(await acting().run('opt_out')).toMatchObject({ ok: true });
    expect(await acting(undefined, false).run('opt_out')).toMatchObject({
      ok: false,
      error: expect.stringMatching(/not known/) as string,
    });
  });

  it('end and transfer the call', async () => {
    const { done, run } = acting();
    await run('end_call');
    await run('transfer_call');
    expect(done).toEqual(['end', 'transfer']);
  });
});
