// A centre and its offices on this machine, as an operator sets them up.
import fs from 'node:fs';
import path from 'node:path';

import { Daemon, run, until } from './daemons.js';

const CENTRE = 'central.npd';
const ROLES = 'civil-status,residence,identification,admin';

/** What a daemon says about how to reach it, once it is ready to be asked. */
async function reached(data) {
  const { address, token } = JSON.parse(fs.readFileSync(path.join(data, 'api.json'), 'utf8'));
  const base = `http://${address}`;
  const ready = await fetch(`${base}/readyz`);
  return ready.ok ? { base, token } : null;
}

/** The central registry. */
export class Centre {
  constructor(folder) {
    this.folder = folder;
    this.pki = path.join(folder, 'authority');
    this.data = path.join(folder, 'central');
  }

  /** A centre with people in these communes. */
  static async found(folder, communes, people) {
    const centre = new Centre(folder);
    await run('provision', 'init', '--dir', centre.pki);
    await run('provision', 'central', '--dir', centre.pki, '--name', CENTRE);
    const file = path.join(folder, 'people.csv');
    await run('registryctl', 'population', '--communes', communes.join(','),
      '--people', String(people), '--seed', '7', '--out', file);
    await run('central-registry', 'import', file, '--data', centre.data);
    const log = path.join(folder, 'central.log');
    const args = ['run', '--data', centre.data, '--pki', centre.pki, '--listen', '127.0.0.1:0',
      '--api', '127.0.0.1:0', '--log-format', 'text'];
    centre.daemon = new Daemon('the central registry', 'central-registry', args, log).start();
    centre.quic = await centre.daemon.waitFor('it listens',
      () => /^central-registry: listening .*quic=(\S+)/m.exec(fs.readFileSync(log, 'utf8'))?.[1]);
    Object.assign(centre, await centre.daemon.waitFor('it is ready', () => reached(centre.data)));
    return centre;
  }

  /** What is needed to go on with it in another process. */
  plain() {
    const { folder, quic, base, token } = this;
    return { folder, quic, base, token };
  }

  static of(plain) {
    return Object.assign(new Centre(plain.folder), plain);
  }

  /** Asks the operator's program. */
  async operate(...args) {
    return JSON.parse(await run('registryctl', '--central', this.data, '--format', 'json', ...args));
  }
}

/** An office with one officer, who has every role. */
export class Office {
  constructor(centre, commune, name) {
    Object.assign(this, { centre, commune, name });
    this.officer = 'lan';
    this.data = path.join(centre.folder, name);
  }

  /** A new office: provisioned, joined, not running yet. */
  static async join(centre, commune, name) {
    const office = new Office(centre, commune, name);
    const token = path.join(centre.folder, `${name}.token`);
    await run('provision', 'token', '--dir', centre.pki, '--commune', commune,
      '--address', centre.quic, '--server-name', CENTRE, '--officer', office.officer,
      '--officer-name', 'Nguyễn Thị Lan', '--roles', ROLES, '--out', token);
    const said = await run('commune-node', 'join', '--data', office.data, '--token', token);
    office.once = /^password of the officer .*: (\S+)$/m.exec(said)[1];
    return office;
  }

  /** Starts its daemon, at the same address as before if it ran before. */
  async start() {
    fs.rmSync(path.join(this.data, 'api.json'), { force: true });
    const listen = this.base ? new URL(this.base).host : '127.0.0.1:0';
    const args = ['run', '--data', this.data, '--api', listen, '--log-format', 'text'];
    this.daemon = new Daemon(`the office ${this.name}`, 'commune-node', args, `${this.data}.log`);
    this.daemon.start();
    Object.assign(this, await this.daemon.waitFor('it is ready', () => reached(this.data)));
    return this;
  }

  /** Until both sides are known to hold the same and nothing is unsent. */
  inStep() {
    return until(`the office ${this.name} is in step`, async () => {
      const status = await this.ask('/api/v1/status');
      return status.filled && status.in_step && status.unsent === 0 ? status : null;
    });
  }

  /** Asks the interface for programs. */
  async ask(path, body) {
    const method = body ? 'POST' : 'GET';
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** Signs in and gives the session as a browser keeps it. */
  async signIn(password = this.password) {
    const cookie = await this.post('/sign-in', { name: this.officer, password });
    return this.state(cookie);
  }

  /** The first sign-in: the password for one use becomes the officer's own. */
  async firstSignIn(password) {
    const first = await this.signIn(this.once);
    const cookie = first.cookies[0].value;
    const csrf = await this.csrf('/password', cookie);
    const changed = await this.post('/password',
      { csrf, old: this.once, new: password, again: password }, cookie);
    this.password = password;
    return this.state(changed);
  }

  /** The session of a screen that was left alone, which a quick PIN opens. */
  async lockedState(pin) {
    const state = await this.signIn();
    const cookie = state.cookies[0].value;
    const csrf = await this.csrf('/account', cookie);
    await this.post('/account/pin', { csrf, pin, password: this.password }, cookie);
    await this.post('/lock', { csrf }, cookie);
    return state;
  }

  state(value) {
    const cookie = { name: 'npd_session', value, domain: '127.0.0.1', path: '/', expires: -1,
      httpOnly: true, secure: false, sameSite: 'Strict' };
    return { cookies: [cookie], origins: [] };
  }

  async csrf(page, cookie) {
    const html = await (await fetch(this.base + page, { headers: { cookie: `npd_session=${cookie}` } })).text();
    return /name="csrf" value="([0-9a-f]+)"/.exec(html)[1];
  }

  /** Sends a form; the session that it gives, if it gives one. */
  async post(path, fields, cookie) {
    const headers = cookie ? { cookie: `npd_session=${cookie}` } : {};
    const answer = await fetch(this.base + path,
      { method: 'POST', headers, body: new URLSearchParams(fields), redirect: 'manual' });
    if (answer.status >= 400) throw new Error(`${path} refused: ${answer.status} ${await answer.text()}`);
    return /npd_session=([0-9a-f]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1];
  }

  plain() {
    const { commune, name, data, base, token, officer, password } = this;
    return { commune, name, data, base, token, officer, password };
  }

  static of(plain) {
    return Object.assign(Object.create(Office.prototype), plain);
  }
}
