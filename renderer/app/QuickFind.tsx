import SearchOutlined from '@mui/icons-material/SearchOutlined';
import Autocomplete, { createFilterOptions } from '@mui/material/Autocomplete';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { hostHref, useHosts, useVms, vmHref } from '../features/inventory.ts';

interface Found {
  readonly key: string;
  readonly name: string;
  /** With the host of a VM: a name may fit two. */
  readonly kind: string;
  readonly href: string;
}

const filterOptions = createFilterOptions<Found>({ limit: 12 });

/** From a name to its page. */
export function QuickFind() {
  const [, navigate] = useLocation();
  const [text, setText] = useState('');
  const [wanted, setWanted] = useState(false);
  const hosts = useHosts();
  const vms = useVms();
  const options = useMemo<readonly Found[]>(
    () => [
      ...hosts.map((host) => ({ key: host.id, name: host.name, kind: 'host', href: hostHref(host.id) })),
      ...vms.map((vm) => ({
        key: vm.id,
        name: vm.name,
        kind: `VM on ${hosts.find((host) => host.id === vm.hostId)?.name ?? vm.hostId}`,
        href: vmHref(vm.id),
      })),
    ],
    [hosts, vms],
  );
  if (options.length === 0) return null;
  return (
    <Autocomplete
      options={options}
      value={null}
      inputValue={text}
      onInputChange={(_, next, reason) => setText(reason === 'selectOption' ? '' : next)}
      onChange={(_, found) => {
        if (found !== null) navigate(found.href);
      }}
      getOptionLabel={(found) => found.name}
      getOptionKey={(found) => found.key}
      filterOptions={filterOptions}
      autoHighlight
      blurOnSelect
      clearOnBlur
      noOptionsText={`No host or VM is called "${text}"`}
      open={wanted && text !== ''}
      onOpen={() => setWanted(true)}
      onClose={() => setWanted(false)}
      forcePopupIcon={false}
      sx={{ width: 280, minWidth: 120, flex: '0 1 auto' }}
      renderOption={({ key, ...rest }, found) => (
        <li key={key} {...rest}>
          <span>{found.name}</span>
          <span style={{ marginLeft: 'auto', color: 'var(--text-3)' }}>{found.kind}</span>
        </li>
      )}
      renderInput={(parameters) => (
        <TextField
          {...parameters}
          placeholder="Find a host or VM"
          slotProps={{
            ...parameters.slotProps,
            htmlInput: { ...parameters.slotProps.htmlInput, 'aria-label': 'Find a host or VM' },
            input: {
              ...parameters.slotProps.input,
              sx: { height: 32 },
              startAdornment: (
                <InputAdornment position="start">
                  <SearchOutlined fontSize="small" />
                </InputAdornment>
              ),
            },
          }}
        />
      )}
    />
  );
}
