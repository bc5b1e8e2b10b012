/** Level of one frequency in 8 kHz sound, in dBFS; a full-scale sine has -3. */
export const levelAt = (pcm: Int16Array, hz: number): number => {
  let [cos, sin] = [0, 0];
  pcm.forEach((sample, i) => {
    cos += sample * Math.cos((2 * Math.PI * hz * i) / 8000);
    sin += sample * Math.sin((2 * Math.PI * hz * i) / 8000);
  });
  return 20 * Math.log10((2 * Math.hypot(cos, sin)) / pcm.length / 32_768 / Math.SQRT2);
};
