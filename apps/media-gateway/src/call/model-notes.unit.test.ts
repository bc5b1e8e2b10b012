import { ModelNotes } from './model-notes';

const notes = () => {
  const told: string[] = [];
  const made = new ModelNotes({
    addItem: ({ id, role, text }) => `e${told.push(`${id} ${role}: ${text}`)}`,
  });
  return { told, made };
};

describe('ModelNotes', () => {
  it('tells a new session again what the old one did not speak about, and which tools are at work', () => {
    const { told, made } = notes();
    made.add('the transfer failed');
    made.remember('the tool book answered');
    made.responseBegan();
    made.add('came while it spoke');
    told.length = 0;
    made.tellAgain(['book']);
    expect(told).toEqual([
      'note-3 system: the transfer failed',
      'note-4 system: the tool book answered',
      'note-5 system: came while it spoke',
      'note-6 system: The tool book is at work already and its answer will follow: do not call it again.',
    ]);
  });

  it('is done with what a response that knew it has spoken about', () => {
    const { told, made } = notes();
    made.add('old');
    made.responseBegan();
    made.add('new');
    made.spoken();
    told.length = 0;
    made.tellAgain([]);
    expect(told).toEqual(['note-3 system: new']);
  });

  it('gives the words of the call itself to the agent', () => {
    const { told, made } = notes();
    made.said('are you still there');
    expect(told).toEqual(['said-1 agent: are you still there']);
  });
});
