import { type Browser, chromium, type Page } from '@playwright/test';

const quietly = [
  // Tests may run as root, who has no sandbox of Chromium's.
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium, on a laptop's screen. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: '/usr/bin/chromium', args: quietly });
}

export const laptop = { width: 1440, height: 900 } as const;
export const smallLaptop = { width: 1024, height: 700 } as const;

/** The console as `drover serve` offers it. */
export async function openBrowser(
  address: string,
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await startBrowser();
  const page = await (await browser.newContext({ viewport: laptop })).newPage();
  await page.goto(address);
  return { browser, page };
}
