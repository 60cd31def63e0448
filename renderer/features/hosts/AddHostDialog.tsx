import Autocomplete from '@mui/material/Autocomplete';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { parseSshAddress } from '#shared/model/sshAddress.ts';
import { useClient } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { hostHref, useClusters } from '../inventory.ts';
import { ConnectingRefusal } from './CredentialQuestionPanel.tsx';
import { lookOver } from './diagnoses.ts';
import { connectVerb, useConnecting } from './useConnecting.ts';

/** Adding a host: where it is and which cluster it belongs to; whatever the host asks is asked in the same dialog. */
export function AddHostDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useClient();
  const [, navigate] = useLocation();
  // A real host cannot join a simulated cluster.
  const clusters = useClusters().filter((cluster) => !cluster.simulated);
  const [address, setAddress] = useState('');
  const [clusterName, setClusterName] = useState(clusters[0]?.name ?? 'cluster-1');
  const [keyFile, setKeyFile] = useState('');
  const [touched, setTouched] = useState(false);
  const whole = address.trim() === '' || address.includes('://') ? address.trim() : `ssh://${address.trim()}`;
  const parsed = parseSshAddress(whole);

  const connecting = useConnecting(async (given, signal) => {
    const { answers, ...others } = given;
    const host = await client.hosts.add(
      {
        address: whole,
        clusterName: clusterName.trim(),
        credentials: {
          ...others,
          ...(answers === undefined ? {} : { answers: [...answers] }),
          ...(keyFile.trim() === '' ? {} : { keyFile: keyFile.trim() }),
        },
      },
      { signal },
    );
    void lookOver(client, host.id, true);
    onClose();
    navigate(hostHref(host.id));
  });
  const { question } = connecting;
  const change = (set: (text: string) => void) => (text: string) => {
    set(text);
    connecting.forget();
  };

  return (
    <FormDialog
      title="Add a host"
      verb={connectVerb(question, 'Add host')}
      pendingVerb="Connecting…"
      deliberate={question?.kind === 'fingerprint'}
      pending={connecting.pending}
      onClose={onClose}
      onGive={() => {
        setTouched(true);
        if (parsed.ok && clusterName.trim() !== '') connecting.go();
      }}
      width="sm"
    >
      <p style={{ color: 'var(--text-2)' }}>
        Any Linux machine that runs libvirt and lets you in over SSH. Nothing is installed on it.
      </p>
      <TextField
        label="Address"
        required
        autoFocus
        placeholder="ssh://root@10.0.0.5"
        value={address}
        onChange={(event) => change(setAddress)(event.target.value)}
        error={touched && !parsed.ok}
        helperText={
          touched && !parsed.ok
            ? parsed.message
            : 'ssh://user@host, with :port where it is not 22. Aliases of ~/.ssh/config work too.'
        }
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', className: 'mono' } }}
      />
      <Autocomplete
        freeSolo
        options={clusters.map((cluster) => cluster.name)}
        inputValue={clusterName}
        onInputChange={(_, text) => setClusterName(text)}
        renderInput={(parameters) => (
          <TextField
            {...parameters}
            label="Physical cluster"
            required
            error={touched && clusterName.trim() === ''}
            helperText={clusterHelp(
              clusterName.trim(),
              clusters.some((cluster) => cluster.name === clusterName.trim()),
            )}
          />
        )}
      />
      <TextField
        label="Private key file (optional)"
        placeholder="~/.ssh/id_ed25519"
        value={keyFile}
        onChange={(event) => change(setKeyFile)(event.target.value)}
        helperText="Without one, your SSH agent and the usual keys are tried."
        slotProps={{ htmlInput: { spellCheck: false, className: 'mono' } }}
      />
      <ConnectingRefusal connecting={connecting} />
    </FormDialog>
  );
}

function clusterHelp(name: string, known: boolean): string {
  if (name === '') return 'Name the cluster: hosts of one can migrate VMs to each other.';
  return known
    ? `It joins ${name} and can exchange VMs with its hosts.`
    : `${name} is new. Hosts of one cluster can migrate VMs to each other.`;
}
