// The screens in a real Chromium. `tools/test` runs this; `npx playwright test find` runs a part.
import path from 'node:path';

import { defineConfig } from '@playwright/test';

import { artefacts, chromium } from './paths.js';

export default defineConfig({
  testDir: './tests',
  outputDir: path.join(artefacts, 'failed'),
  globalSetup: './setup.js',
  reporter: [['list'], ['./reporter.js']],
  // Offices are shared, and figures are measured: one after the other.
  workers: 1,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  use: {
    locale: 'vi-VN',
    timezoneId: 'Asia/Ho_Chi_Minh',
    viewport: { width: 1366, height: 768 },
    screenshot: 'only-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: { executablePath: chromium },
  },
});
