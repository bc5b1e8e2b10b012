/** The data folder cannot be used as it is, and repairing it would lose acknowledged messages. */
export class DamagedDataError extends Error {
  override readonly name = 'DamagedDataError';
  constructor(what: string) {
    super(`${what}; move the folder away or set DATA_DIR to another one`);
  }
}
