// Where things are: the programs that are tested, and where a run leaves what it made.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');

/** The folder of the programs. */
export const programs = path.resolve(root, process.env.PROGRAMS ?? path.join(target, 'debug'));
/** What a run leaves behind: pictures, figures, logs, and the data of its offices. */
export const artefacts = path.join(target, 'browser');
export const pictures = path.join(artefacts, 'pictures');
export const worldFolder = path.join(artefacts, 'world');
export const worldFile = path.join(worldFolder, 'world.json');
/** Debian's browser, or another Chromium. */
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
