import type { Finding } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { durationInWords, type Fix, fine, found } from './finding.ts';
import { asRoot, install } from './fix.ts';

const toleratedMs = 500;

export function clockFindings(host: Host, facts: HostInspection): readonly Finding[] {
  return [difference(host, facts), ...kept(host, facts)];
}

function difference(host: Host, facts: HostInspection): Finding {
  const { clockAheadMs, clockUncertainMs, clockKept } = facts;
  if (Math.abs(clockAheadMs) <= toleratedMs + clockUncertainMs) {
    const most = durationInWords(Math.abs(clockAheadMs) + clockUncertainMs);
    return fine('clock', `Its clock agrees with this workstation's to within ${most}.`);
  }
  const way = clockAheadMs > 0 ? 'ahead of' : 'behind';
  return found(
    'warning',
    'clock',
    `The clock of ${host.name} is ${durationInWords(clockAheadMs)} ${way} this workstation's.`,
    {
      cause:
        clockKept?.synchronised === true
          ? `${host.name} says that time servers keep its clock, so it may be the workstation's that is wrong. Times in logs and charts do not fit together.`
          : 'Times in logs and charts do not fit together, and clocks of guests jump when they move.',
      fix: clockFix(host, facts),
    },
  );
}

function kept(host: Host, facts: HostInspection): readonly Finding[] {
  const { clockKept } = facts;
  if (clockKept === undefined) return [];
  const by = clockKept.service === undefined ? '' : ` (${clockKept.service})`;
  if (clockKept.synchronised) return [fine('clock.kept', `Time servers keep its clock${by}.`)];
  return [
    found('warning', 'clock.kept', `No time server keeps the clock of ${host.name}${by}.`, {
      cause:
        clockKept.service === undefined
          ? 'No service for it runs, so the clock drifts by seconds a day.'
          : 'The service runs and has not reached a time server.',
      fix: clockFix(host, facts),
    }),
  ];
}

/** Between two hosts: both were compared with the one workstation. */
export function clockBetween(
  from: { readonly host: Host; readonly facts: HostInspection },
  to: { readonly host: Host; readonly facts: HostInspection },
): Finding {
  const check = 'migration.clock';
  const aheadMs = to.facts.clockAheadMs - from.facts.clockAheadMs;
  const uncertainMs = to.facts.clockUncertainMs + from.facts.clockUncertainMs;
  if (Math.abs(aheadMs) <= toleratedMs + uncertainMs) return fine(check, 'Their clocks agree.');
  const way = aheadMs > 0 ? 'ahead of' : 'behind';
  const worse = Math.abs(to.facts.clockAheadMs) > Math.abs(from.facts.clockAheadMs) ? to : from;
  return found(
    'warning',
    check,
    `The clock of ${to.host.name} is ${durationInWords(aheadMs)} ${way} that of ${from.host.name}.`,
    {
      cause: 'The clock of a guest may jump by as much when it moves.',
      fix: clockFix(worse.host, worse.facts),
    },
  );
}

function clockFix(host: Host, facts: HostInspection): Fix {
  switch (facts.clockKept?.service) {
    case 'chronyd':
      return asRoot(
        host,
        facts,
        'chronyc makestep && chronyc sources',
        'It lists the time servers that answer.',
      );
    case 'systemd-timesyncd':
      return asRoot(host, facts, 'systemctl restart systemd-timesyncd && timedatectl timesync-status');
    case undefined: {
      const packages = install(facts, { debian: 'chrony', fedora: 'chrony', suse: 'chrony' });
      // Debian starts what it installs.
      const start = facts.system?.family === 'debian' ? '' : ' && systemctl enable --now chronyd';
      return packages === undefined
        ? asRoot(
            host,
            facts,
            'timedatectl set-ntp true',
            'This starts chrony or systemd-timesyncd where one is installed.',
          )
        : asRoot(host, facts, `${packages}${start}`);
    }
    default:
      return asRoot(host, facts, 'ntpq -p', 'It lists the time servers that answer.');
  }
}
