// What tests begin with: a clerk who sits at an office's screen, in a language, and somebody who
// looks over the shoulder for what no page may do.
import fs from 'node:fs';

import { test as base, expect } from '@playwright/test';

import { Centre, Office } from './offices.js';
import { worldFile } from './paths.js';

export { expect };
export { PASSWORD, PIN } from './setup.js';

/** A figure for the end of the run. */
export function measured(words) {
  base.info().annotations.push({ type: 'figure', description: words });
}

export const test = base.extend({
  /** Which office: reading, line or door. */
  office: ['reading', { option: true }],
  /** Who: clerk (signed in), locked, or nobody. */
  as: ['clerk', { option: true }],
  language: ['vi', { option: true }],

  world: [async ({}, use) => {
    const world = JSON.parse(fs.readFileSync(worldFile, 'utf8'));
    world.centre = Centre.of(world.centre);
    for (const [name, plain] of Object.entries(world.offices)) world.offices[name] = Office.of(plain);
    await use(world);
  }, { scope: 'worker' }],

  /** The office whose screen it is. */
  here: async ({ world, office }, use) => use(world.offices[office]),

  baseURL: async ({ here }, use) => use(here.base),

  storageState: async ({ world, office, as, language }, use) => {
    const known = { clerk: world.states[office], locked: world.states.locked };
    const { cookies } = known[as] ?? { cookies: [] };
    const chosen = { name: 'npd_language', value: language, domain: '127.0.0.1', path: '/',
      expires: -1, httpOnly: false, secure: false, sameSite: 'Strict' };
    await use({ cookies: [...cookies, chosen], origins: [] });
  },

  /** No page asks another host, breaks its own policy, or throws. */
  shoulder: [async ({ context, baseURL }, use) => {
    const seen = [];
    context.on('request', (request) => {
      if (!request.url().startsWith(baseURL) && !/^(data|blob|about):/.test(request.url())) {
        seen.push(`asked elsewhere: ${request.url()}`);
      }
    });
    context.on('response', (response) => {
      const mayFail = response.request().isNavigationRequest();
      if (response.status() >= (mayFail ? 500 : 400)) {
        seen.push(`${response.status()} for ${response.url()}`);
      }
    });
    context.on('weberror', (error) => seen.push(`thrown: ${error.error()}`));
    context.on('console', (message) => {
      // Statuses are looked at above; a search that a further key replaces is no fault.
      const known = /^(Failed to load resource|htmx:(sendAbort|afterRequest))/.test(message.text());
      if (message.type() === 'error' && !known) seen.push(`console: ${message.text()}`);
    });
    await use(seen);
    expect(seen, 'what the browser complained of').toEqual([]);
  }, { auto: true }],

  /** Signs in by the form, and out again afterwards: an officer's sessions are few. */
  signIn: async ({ here }, use) => {
    const pages = [];
    await use(async (page, password = here.password) => {
      pages.push(page);
      await page.goto('/sign-in');
      await page.getByLabel('Tên tài khoản').fill(here.officer);
      await page.getByLabel('Mật khẩu').fill(password);
      const answered = page.waitForEvent('load');
      await page.getByRole('button', { name: 'Đăng nhập' }).click();
      await answered;
    });
    for (const page of pages) {
      const out = page.getByRole('button', { name: 'Đăng xuất' });
      if (!page.isClosed() && await out.isVisible()) await out.click();
    }
  },
});

/** The status line. */
export const bar = (page) => page.locator('#bar');

