import { writeFileSync } from 'node:fs';
import { type Figure } from './figures';

export interface DemoReport {
  readonly name: 'demo';
  readonly conditions: Record<string, unknown>;
  readonly figures: readonly Figure[];
}

/** The demo held when no figure failed and there are figures at all. */
export const heldAll = ({ figures }: Pick<DemoReport, 'figures'>): boolean =>
  figures.length > 0 && figures.every(({ ok }) => ok !== false);

/** Figures as a table for people. */
export const figureTable = (figures: readonly Figure[]): string[] => {
  const rows = figures.map(({ figure, unit, value, goal, ok }) => [
    ok === null ? '·' : ok ? '✓' : '✗',
    figure,
    `${value ?? '–'}${unit && value !== null ? ` ${unit}` : ''}`,
    goal === null ? '' : goal,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  // A long value of a failed comparison would push the goals off the screen.
  widths[2] = Math.min(widths[2] ?? 0, 24);
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
};

/** @param file `-` for stdout */
export const writeJson = (report: DemoReport, file: string): void => {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (file === '-') process.stdout.write(text);
  else writeFileSync(file, text);
};
