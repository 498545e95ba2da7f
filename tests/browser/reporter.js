// The figures that tests measured, and the closing line of the run.
import fs from 'node:fs';
import path from 'node:path';

import { artefacts } from './paths.js';

export default class Closing {
  figures = [];
  counts = { passed: 0, failed: 0, skipped: 0 };

  onTestEnd(test, result) {
    const end = result.status === 'passed' || result.status === 'skipped' ? result.status : 'failed';
    this.counts[end] += 1;
    const figures = result.annotations.filter((note) => note.type === 'figure');
    this.figures.push(...figures.map((note) => note.description));
  }

  onEnd() {
    if (this.figures.length > 0) {
      const text = this.figures.join('\n');
      fs.writeFileSync(path.join(artefacts, 'figures.txt'), `${text}\n`);
      console.log(`\nmeasured on this machine, now (no test depends on a time):\n${text}`);
    }
    const { passed, failed, skipped } = this.counts;
    console.log(`\nbrowser: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }

  printsToStdio() {
    return true;
  }
}
