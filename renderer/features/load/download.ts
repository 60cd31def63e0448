/** Hands the operator a file; the desktop app and browsers ask, or know, where it goes. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has its own hold on it once the click was dealt with.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** "server-a-load-24h-2026-11-25T14-05.csv": what, how long and until when, in characters every file system takes. */
export function fileName(subject: string, span: string, until: number, ending: 'csv' | 'png'): string {
  const safe = subject.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-');
  const moment = new Date(until).toISOString().slice(0, 16).replace(':', '-');
  return `${safe}-load-${span}-${moment}.${ending}`;
}
