/**
 * Even over providers, and so quiet that mu-law never clips (GR2). The limit lies 0.3 dB under -3 dBFS, because mu-law
 * rounds a loud sample by up to 0.2 dB.
 */
export const LEVEL = { targetDbfs: -20, peakDbfs: -3.3 };
