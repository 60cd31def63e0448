import type { Host } from '#shared/model/host.ts';
import { useClient } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ConnectingRefusal } from './CredentialQuestionPanel.tsx';
import { connectVerb, useConnecting } from './useConnecting.ts';

/** Tries a host again now, answering what it asks. */
export function ReconnectDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const client = useClient();
  const before =
    host.connection.state === 'unreachable' || host.connection.state === 'needs-attention'
      ? host.connection.error
      : undefined;
  const connecting = useConnecting(async (given, signal) => {
    const { answers, ...others } = given;
    const credentials = { ...others, ...(answers === undefined ? {} : { answers: [...answers] }) };
    await client.hosts.reconnect({ hostId: host.id, credentials }, { signal });
    onClose();
  }, before);
  const { question } = connecting;
  return (
    <FormDialog
      title={`Reconnect ${host.name}`}
      verb={connectVerb(question, `Reconnect ${host.name}`)}
      pendingVerb="Connecting…"
      deliberate={question?.kind === 'fingerprint'}
      pending={connecting.pending}
      onClose={onClose}
      onGive={connecting.go}
      width="sm"
    >
      {question === undefined && (
        <p>
          Tries <code>{host.address}</code> now instead of waiting for the next try.
        </p>
      )}
      <ConnectingRefusal connecting={connecting} />
    </FormDialog>
  );
}
