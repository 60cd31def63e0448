import type { ConsoleHandle } from './consoleHandle.ts';

/** What the screen shows now, at the guest's own size, as a PNG file. */
export async function savePicture(
  handle: Extract<ConsoleHandle, { kind: 'screen' }>,
  vmName: string,
): Promise<void> {
  const picture = await handle.picture();
  if (picture === null) return;
  const address = URL.createObjectURL(picture);
  const link = document.createElement('a');
  link.href = address;
  link.download = `${vmName} ${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.png`;
  link.click();
  // The browser has it by then; at once would be too soon for some.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
