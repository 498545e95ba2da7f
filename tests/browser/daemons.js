// The real programs as child processes: started, awaited with a limit, ended when the runner ends.
import { spawn, execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { programs } from './paths.js';

const LOOK_MS = 50;
const START_MS = 120_000;
const STOP_MS = 20_000;

const environment = () => {
  const { COMMUNE_NODE_DATA, REGISTRYCTL_CENTRAL, ...rest } = process.env;
  return { ...rest, NO_COLOR: '1' };
};

/** Runs a program to its end and gives what it printed. */
export async function run(program, ...args) {
  const file = path.join(programs, program);
  try {
    const { stdout } = await promisify(execFile)(file, args, { env: environment() });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args[0]} failed: ${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

/** Looks again and again until there is an answer; fails with what was awaited. */
export async function until(what, look, { limit = START_MS, ended = () => null } = {}) {
  const begun = Date.now();
  let last = '';
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = ` (${error.cause?.code ?? error.message})`;
    }
    const end = ended();
    if (end) throw new Error(`${end}, while waiting for this: ${what}`);
    if (Date.now() - begun > limit) {
      throw new Error(`waited ${limit / 1000} s for this: ${what}${last}`);
    }
    await pause(LOOK_MS);
  }
}

/** A program in the background; all that it says goes to the end of its log. */
export class Daemon {
  constructor(name, program, args, log) {
    Object.assign(this, { name, program, args, log });
  }

  start() {
    const log = fs.openSync(this.log, 'a');
    // It goes when the runner goes, however that ends.
    const command = ['--pdeathsig', 'TERM', path.join(programs, this.program), ...this.args];
    this.child = spawn('setpriv', command, { env: environment(), stdio: ['ignore', log, log] });
    fs.closeSync(log);
    this.ending = new Promise((done) => {
      this.child.once('exit', done);
      this.child.once('error', done);
    });
    return this;
  }

  /** How it ended, if it has. */
  ended() {
    const { exitCode, signalCode } = this.child;
    if (exitCode === null && signalCode === null) return null;
    const tail = fs.readFileSync(this.log, 'utf8').split('\n').slice(-20).join('\n  ');
    return `${this.name} ended (${signalCode ?? exitCode}); the end of its log:\n  ${tail}`;
  }

  waitFor(what, look) {
    return until(`${this.name}: ${what}`, look, { ended: () => this.ended() });
  }

  /** The power goes. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.ending;
  }

  async stop() {
    if (!this.child || this.ended()) return;
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await this.ending;
    clearTimeout(late);
  }
}
