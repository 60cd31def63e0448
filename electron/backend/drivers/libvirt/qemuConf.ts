/** qemu.conf's own defaults. */
const defaultPorts = { first: 49_152, last: 49_215 };

const settings =
  'migration_port_min|migration_port_max|migration_host|migration_address|migrate_tls_x509_cert_dir|default_tls_x509_cert_dir';

/** A shell command that prints the lines of qemu.conf that Drover reads; says nothing where it may not be read. */
export const qemuConfScript = `grep -E '^[[:space:]]*(${settings})[[:space:]]*=' /etc/libvirt/qemu.conf 2>/dev/null || true`;

/** What qemu.conf sets, by name; later lines win, as libvirt reads them. */
export function qemuSettings(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const found = /^\s*(\w+)\s*=\s*"?([^"#]*)"?/.exec(line);
      const [, name, value] = found ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.trim()] as const];
    }),
  );
}

export function migrationPortsOf(conf: ReadonlyMap<string, string>): {
  readonly first: number;
  readonly last: number;
} {
  return {
    first: Number(conf.get('migration_port_min') ?? defaultPorts.first),
    last: Number(conf.get('migration_port_max') ?? defaultPorts.last),
  };
}
