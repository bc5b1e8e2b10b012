import { writeFileSync } from 'node:fs';
import { type Figure } from './figures';

/** The result of a demo, a benchmark or a chaos run; what `--json` writes. */
export interface RunReport {
  readonly name: string;
  /** What the figures were measured under: machine, versions, sizes, lateness. */
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly figures: readonly Figure[];
}

/** It held when no figure failed and there are figures at all; what could not be measured does not fail it. */
export const heldAll = ({ figures }: Pick<RunReport, 'figures'>): boolean =>
  figures.length > 0 && figures.every(({ ok }) => ok !== false);

/** Figures as a table for people: ✓ held, ✗ did not, · nothing asked or not measured. */
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

/** A report for people: name, conditions, table, and one line that says whether it held. */
export const reportLines = ({ name, conditions, figures }: RunReport): string[] => {
  const failed = figures.filter(({ ok }) => ok === false).length;
  const open = figures.filter(({ ok, goal }) => ok === null && goal !== null).length;
  return [
    name,
    ...Object.entries(conditions).map(
      ([key, value]) => `  ${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    '',
    ...figureTable(figures),
    '',
    `${failed === 0 ? 'Every goal that was measured held' : `${failed} of ${figures.length} figures did not hold`}${open > 0 ? `; ${open} could not be measured here` : ''}.`,
  ];
};

/** Several reports as one: figures and conditions under the names of their runs. One stays as it is. */
export const joinReports = (name: string, reports: readonly RunReport[]): RunReport =>
  reports.length === 1
    ? reports[0]!
    : {
        name,
        conditions: Object.fromEntries(reports.map((report) => [report.name, report.conditions])),
        figures: reports.flatMap((report) =>
          report.figures.map((figure) => ({ ...figure, figure: `${report.name}: ${figure.figure}` })),
        ),
      };

/** @param file `-` for stdout */
export const writeJson = (report: RunReport, file: string): void => {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (file === '-') process.stdout.write(text);
  else writeFileSync(file, text);
};
