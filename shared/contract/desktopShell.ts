import { z } from 'zod';
import { type ConsoleKind, consoleKindSchema } from '../model/console.ts';
import { type VmId, vmIdSchema } from '../model/ids.ts';
import type { MainActionId } from '../model/mainActions.ts';
import type { ErrorData } from './errors.ts';

/** How an operator likes the columns of a table; what is not said of a column is as it usually is. */
export const tableLayoutSchema = z
  .object({
    /** Keys of columns in the order they were put in. */
    order: z.array(z.string().max(40)).max(60).readonly(),
    /** Those that were asked for (true), or put away (false). */
    shown: z.record(z.string().max(40), z.boolean()).readonly(),
    /** Pixels. */
    widths: z.record(z.string().max(40), z.number().int().min(40).max(2000)).readonly(),
  })
  .readonly();
export type TableLayout = z.infer<typeof tableLayoutSchema>;

/** What the page may read and change of the preferences; the window's place is the shell's own affair. */
export const pagePreferencesSchema = z
  .object({
    theme: z.enum(['system', 'light', 'dark']),
    railCollapsed: z.boolean(),
    /** By the name of the table. */
    tables: z.record(z.string().max(40), tableLayoutSchema).readonly().default({}),
    /** Whether single keys such as M act; whoever dictates to the computer may not want that. */
    singleKeys: z.boolean().default(true),
  })
  .readonly();
export type PagePreferences = z.infer<typeof pagePreferencesSchema>;
const pagePreferencesShape = pagePreferencesSchema.unwrap().shape;
/** Those to change; the others stay as they are. */
export const pagePreferencesPatchSchema = z
  .strictObject({
    theme: pagePreferencesShape.theme.exactOptional(),
    railCollapsed: pagePreferencesShape.railCollapsed.exactOptional(),
    tables: pagePreferencesShape.tables.unwrap().exactOptional(),
    singleKeys: pagePreferencesShape.singleKeys.unwrap().exactOptional(),
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
  /** Told when an item of the application menu was chosen. Returns what ends it. */
  onMainAction(listener: (id: MainActionId) => void): () => void;
  /** Opens a console in a window of its own, or brings the one it has to the front. */
  openConsole(wanted: { readonly vmId: VmId; readonly kind: ConsoleKind }): Promise<void>;
  /** Opens an https address of the few sites Drover links to; false when it is none of them. */
  openExternal(address: string): Promise<boolean>;
}
