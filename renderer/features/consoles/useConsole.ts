import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { ConsoleKind, ConsoleStanding } from '#shared/model/console.ts';
import type { VmId } from '#shared/model/ids.ts';
import { useSession } from '../../transport/hooks.ts';
import { ConsoleLine } from './consoleLine.ts';
import { ScreenChannel } from './screenChannel.ts';
import { TerminalSink } from './terminalSink.ts';

export interface OpenConsole {
  readonly standing: ConsoleStanding | undefined;
  /** There is no such VM any more. */
  readonly ended: ErrorData | undefined;
  /** Of a screen that is connected. */
  readonly channel: ScreenChannel | undefined;
  readonly connection: number;
  /** Of a terminal. */
  readonly sink: TerminalSink;
  readonly type: (bytes: Uint8Array) => void;
  readonly takeOver: () => void;
}

interface Shown {
  readonly standing?: ConsoleStanding;
  readonly ended?: ErrorData;
  readonly channel?: ScreenChannel;
  readonly connection: number;
}

/** A console of a VM for as long as it is looked at. */
export function useConsole(vmId: VmId, kind: ConsoleKind): OpenConsole {
  const { client, timers } = useSession();
  const [sink] = useState(() => new TerminalSink());
  const [shown, setShown] = useState<Shown>({ connection: 0 });
  const [forced, setForced] = useState(0);
  const line = useRef<ConsoleLine>(undefined);

  useEffect(() => {
    let channel: ScreenChannel | undefined;
    let current = 0;
    const opened = new ConsoleLine(
      client,
      timers,
      { vmId, kind, takeOver: forced > 0 },
      {
        standing(standing, connection) {
          if (kind === 'screen' && standing.state === 'connected' && connection !== current) {
            current = connection;
            channel = new ScreenChannel((bytes) => opened.send(bytes, connection));
          }
          const isOpen = standing.state === 'connected';
          setShown({ standing, connection, ...(isOpen && channel !== undefined ? { channel } : {}) });
        },
        async bytes(bytes, connection) {
          if (kind === 'serial') await sink.write(bytes);
          else if (connection === current) channel?.receive(bytes.slice());
        },
        ended: (error) => setShown(({ connection }) => ({ connection, ended: error })),
      },
    );
    line.current = opened;
    return () => {
      line.current = undefined;
      opened.close();
      setShown({ connection: 0 });
    };
  }, [client, timers, vmId, kind, sink, forced]);

  const type = useCallback((bytes: Uint8Array) => void line.current?.send(bytes), []);
  const takeOver = useCallback(() => setForced((count) => count + 1), []);
  const { standing, ended, channel, connection } = shown;
  return { standing, ended, channel, connection, sink, type, takeOver };
}
