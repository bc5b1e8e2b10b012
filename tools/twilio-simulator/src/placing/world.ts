import type { ProgramWorld } from '../twiml/program/call-program';

/** Everything that the simulator is made of, built once by it; each folder below names the part that it can reach. */
export type World = ProgramWorld;
