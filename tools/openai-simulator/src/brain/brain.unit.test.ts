import { Brain, ruleSchema } from './brain';
import { LONG_STORY } from './rules';

const said = (text: string, tools: string[] = []): Parameters<Brain['reply']>[0] => ({
  instructions: 'Be kind.',
  tools,
  last: { kind: 'said', text },
});

describe('brain', () => {
  it('repeats what it heard unless a rule matches', () => {
    expect(new Brain().reply(said('my name is Dana'))).toEqual({
      say: 'you said: my name is Dana',
      tool: null,
    });
    expect(LONG_STORY.split(' ')).toHaveLength(20);
    expect(new Brain().reply(said('Tell me a LONG story')).say).toBe(LONG_STORY);
    expect(new Brain().reply(said('(speech)')).say).toBe('I heard you');
  });

  it('calls end_call and transfer_call when the session offers them, else speaks', () => {
    const brain = new Brain();
    expect(brain.reply(said('goodbye', ['end_call']))).toEqual({
      say: null,
      tool: { name: 'end_call', arguments: '{}' },
    });
    expect(brain.reply(said('goodbye'))).toEqual({ say: 'goodbye', tool: null });
    expect(brain.reply(said('transfer me please', ['transfer_call'])).tool?.name).toBe('transfer_call');
  });

  it('puts rules of a test first and fills in what they matched', () => {
    const brain = new Brain();
    const rule = ruleSchema.parse({
      match: 'call me (\\w+)',
      say: 'hello $1',
      tool: { name: 'take_message', arguments: { name: '$1' } },
    });
    brain.setRules([rule]);
    expect(brain.reply(said('call me Noa', ['take_message']))).toEqual({
      say: 'hello Noa',
      tool: { name: 'take_message', arguments: '{"name":"Noa"}' },
    });
    brain.setRules([]);
    expect(brain.reply(said('call me Noa')).say).toBe('you said: call me Noa');
  });

  it('reads verbatim when told to and says done after a function', () => {
    const brain = new Brain();
    expect(brain.reply({ ...said('x'), instructions: 'Say exactly: Welcome to Rosa.' }).say).toBe(
      'Welcome to Rosa.',
    );
    const last = { kind: 'function_call_output' as const, text: '{"goodbye":1}' };
    expect(brain.reply({ ...said('x'), last }).say).toBe('done');
  });

  it('refuses rules that are no regular expression or say nothing', () => {
    expect(ruleSchema.safeParse({ match: '(', say: 'x' }).success).toBe(false);
    expect(ruleSchema.safeParse({ match: 'x' }).success).toBe(false);
  });
});
