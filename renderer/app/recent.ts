const storageName = 'drover.recent';
const most = 12;

/** What was used lately in the palette, the latest first. Lost without harm. */
export function recentlyUsed(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageName) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string').slice(0, most) : [];
  } catch {
    return [];
  }
}

export function rememberUse(id: string): void {
  try {
    const next = [id, ...recentlyUsed().filter((each) => each !== id)].slice(0, most);
    localStorage.setItem(storageName, JSON.stringify(next));
  } catch {
    // A full or forbidden store costs the order of the list, nothing more.
  }
}
