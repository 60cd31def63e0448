import { z } from 'zod';
import { errorDataSchema } from '../contract/errors.ts';
import { vmStateSchema } from './vm.ts';

/** `screen`: the graphical one, RFB (VNC). `serial`: the first serial port, bytes of a terminal. */
export const consoleKindSchema = z.enum(['screen', 'serial']);
export type ConsoleKind = z.infer<typeof consoleKindSchema>;

/** How a console stands with its VM. It follows the VM by itself; only the one who opened it ends it. */
export const consoleStandingSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting'), hostName: z.string() }).readonly(),
  z
    .object({
      state: z.literal('connected'),
      hostName: z.string(),
      /** It has just come from there with its VM. */
      movedFrom: z.string().exactOptional(),
      /** Its VM is being migrated there. */
      movingTo: z.string().exactOptional(),
    })
    .readonly(),
  /** Its VM does not run; it connects as soon as that does. */
  z.object({ state: z.literal('off'), vmState: vmStateSchema }).readonly(),
  /** It broke off, or its host does not answer; it is tried again. */
  z.object({ state: z.literal('lost'), error: errorDataSchema }).readonly(),
  /** Somebody else has the VM's one serial console; it stays theirs until it is taken over. */
  z.object({ state: z.literal('busy'), error: errorDataSchema }).readonly(),
  /** The VM as it runs now has none of this kind. */
  z.object({ state: z.literal('missing'), error: errorDataSchema }).readonly(),
]);
export type ConsoleStanding = z.infer<typeof consoleStandingSchema>;

/** The most that is under way to a client which has not said that it took it. */
export const consoleWindowBytes = 256 * 1024;
/** The most of one message, either way. */
export const consolePieceBytes = 48 * 1024;

/** Bytes as base64, since messages are text on every transport. */
const bytesSchema = z.string().max(Math.ceil(consolePieceBytes / 3) * 4);

/**
 * What is told of an open console. `connection` counts its connections to the VM: with each a screen begins anew with
 * its greeting, whereas a terminal goes on.
 */
export const consoleMessageSchema = z.discriminatedUnion('kind', [
  /** First of all; by this it is written to. */
  z.object({ kind: z.literal('opened'), consoleId: z.string() }).readonly(),
  z
    .object({ kind: z.literal('standing'), connection: z.number().int(), standing: consoleStandingSchema })
    .readonly(),
  z.object({ kind: z.literal('bytes'), connection: z.number().int(), bytes: bytesSchema }).readonly(),
]);
export type ConsoleMessage = z.infer<typeof consoleMessageSchema>;

export const consoleInputSchema = z
  .object({
    consoleId: z.string(),
    /** Of a screen: what was meant for an earlier connection is dropped. */
    connection: z.number().int(),
    bytes: bytesSchema,
  })
  .readonly();
