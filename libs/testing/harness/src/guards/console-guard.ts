/** Fails a test that writes to the console: logs belong to the logger, and noise hides what matters. Call once a file. */
export const guardConsole = (): void => {
  const written: unknown[][] = [];
  const methods = ['log', 'info', 'warn', 'error'] as const;
  let restore: (() => void)[] = [];
  beforeEach(() => {
    written.length = 0;
    restore = methods.map((method) => {
      const spy = jest.spyOn(console, method).mockImplementation((...args) => void written.push(args));
      return () => spy.mockRestore();
    });
  });
  afterEach(() => {
    for (const undo of restore) undo();
    expect(written).toEqual([]);
  });
};
