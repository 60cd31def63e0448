import { z } from 'zod';
import { type ConsoleKind, consoleKindSchema } from '../model/console.ts';
import { type VmId, vmIdSchema } from '../model/ids.ts';
import type { ErrorData } from './errors.ts';

/** What the page may read and change of the preferences; the window's place is the shell's own affair. */
export const pagePreferencesSchema = z
  .object({
    theme: z.enum(['system', 'light', 'dark']),
    railCollapsed: z.boolean(),
  })
  .readonly();
export type PagePreferences = z.infer<typeof pagePreferencesSchema>;
const pagePreferencesShape = pagePreferencesSchema.unwrap().shape;
/** Those to change; the others stay as they are. */
export const pagePreferencesPatchSchema = z
  .strictObject({
    theme: pagePreferencesShape.theme.exactOptional(),
    railCollapsed: pagePreferencesShape.railCollapsed.exactOptional(),
  })
  .readonly();
export type PagePreferencesPatch = z.infer<typeof pagePreferencesPatchSchema>;

/** Which console a page wants in a window of its own; nothing else can be opened so. */
export const consoleWindowSchema = z.strictObject({ vmId: vmIdSchema, kind: consoleKindSchema }).readonly();

/** How the process that does the work is doing, as the desktop shell sees it. */
export type BackendState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** It ended unasked; a new one starts in `inMs`. Tasks that ran are recovered by it. */
  | { readonly kind: 'restarting'; readonly inMs: number; readonly why: string }
  /** It says it cannot start (folder busy, unusable ...): it is not started again until `retry`. */
  | { readonly kind: 'failed'; readonly error: ErrorData }
  | { readonly kind: 'stopping' };

/** `window.drover` in the desktop app; undefined in a browser. Beside it the page gets a MessagePort and nothing else. */
export interface DesktopShell {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly versions: {
    readonly drover: string;
    readonly electron: string;
    readonly chromium: string;
    readonly node: string;
  };
  readonly preferences: {
    /** As they were when this page was loaded, so that its first paint is right. */
    readonly initial: PagePreferences;
    get(): Promise<PagePreferences>;
    set(patch: PagePreferencesPatch): Promise<PagePreferences>;
    /** Told when another window or the menu changed them. Returns what ends it. */
    onChange(listener: (preferences: PagePreferences) => void): () => void;
  };
  readonly backend: {
    /** Tells the present state soon, then every change. Returns what ends it. */
    onState(listener: (state: BackendState) => void): () => void;
    /** Starts a failed or waiting backend now. */
    retry(): Promise<void>;
  };
  /** Opens a console in a window of its own, or brings the one it has to the front. */
  openConsole(wanted: { readonly vmId: VmId; readonly kind: ConsoleKind }): Promise<void>;
  /** Opens an https address of the few sites Drover links to; false when it is none of them. */
  openExternal(address: string): Promise<boolean>;
}
