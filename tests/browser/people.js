// The synthetic people whom the centre was founded with, as the file has them.
import fs from 'node:fs';
import path from 'node:path';

/** The cells of a line; a cell with a comma stands in quotation marks. */
const cells = (line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
  .map(([, cell]) => cell.replace(/^"|"$/g, '').replaceAll('""', '"'));

/** Every person, by the names of the columns. */
export function people(folder) {
  const [head, ...lines] = fs.readFileSync(path.join(folder, 'people.csv'), 'utf8').trim().split('\n');
  const names = cells(head);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, at) => [names[at], cell])));
}

/** Whether somebody was born in these years. */
export const born = (from, to) => ({ birth_date }) => {
  const year = Number(birth_date.slice(0, 4));
  return birth_date.length === 10 && year >= from && year <= to;
};
