/**
 * Sum of a metric over all its labels, from the text that Prometheus reads; null when it is not there.
 * @param labels only where these are so, e.g. `{ le: '0.005' }`
 */
export const metricSum = (
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null => {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum: number | null = null;
  for (const line of text.split('\n')) {
    if (!line.startsWith(name)) continue;
    const rest = line.slice(name.length);
    if (rest[0] !== ' ' && rest[0] !== '{') continue;
    if (!wanted.every((label) => rest.includes(`{${label}`) || rest.includes(`,${label}`))) continue;
    sum = (sum ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
};
