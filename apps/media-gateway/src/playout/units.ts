/** 8 kHz mu-law: one byte a sample. */
export const BYTES_PER_MS = 8;
