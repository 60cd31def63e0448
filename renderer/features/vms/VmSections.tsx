import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { type ReactNode, useId } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { useLive } from '../../transport/hooks.ts';
import { Notices, Section } from '../../ui/DetailPane.tsx';
import { hostState } from '../../ui/states.ts';
import { useNow } from '../../ui/useNow.ts';
import { useViewState } from '../../ui/useViewState.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { useSimulated } from '../clusters/simulatedHosts.ts';
import { VmBreakage } from '../clusters/VmBreakage.tsx';
import { asOf } from '../hosts/heard.ts';
import { VmCharts } from './VmCharts.tsx';
import { VmConfigurationTab } from './VmConfigurationTab.tsx';
import { VmCopies } from './VmCopies.tsx';
import { VmHistory } from './VmHistory.tsx';
import { VmNotices } from './VmNotices.tsx';
import styles from './VmSections.module.css';
import { VmStateDiagram } from './VmStateDiagram.tsx';
import { VmSummary } from './VmSummary.tsx';
import { VmXml } from './VmXml.tsx';

interface VmTab {
  /** As in the address. */
  readonly id: string;
  readonly title: string;
  readonly content: (vm: Vm) => ReactNode;
}

/** What there is to see of a VM, in the order in which one asks for it. */
const tabs: readonly [VmTab, ...VmTab[]] = [
  { id: 'overview', title: 'Overview', content: (vm) => <Overview vm={vm} /> },
  { id: 'configuration', title: 'Configuration', content: (vm) => <VmConfigurationTab vm={vm} /> },
  { id: 'history', title: 'History', content: (vm) => <VmHistory vm={vm} /> },
  { id: 'xml', title: 'XML', content: (vm) => <VmXml vm={vm} /> },
];

/** Everything of one VM: lays itself out by the room it has, beside a list or on a page of its own. */
export function VmSections({ vm }: { readonly vm: Vm }) {
  const id = useId();
  const home = useLive((model) => model.hosts.get(vm.hostId));
  const simulated = useSimulated(vm.hostId);
  const now = useNow(60_000);
  const [chosen, choose] = useViewState('tab');
  const shown = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  return (
    <div className={styles.sections}>
      <Notices>
        {simulated !== undefined && <VmBreakage vm={vm} simulated={simulated} />}
        <VmNotices vm={vm} />
        {!vm.current && home !== undefined && (
          <WarningNotice>
            {vm.name} is shown {asOf(home, now)}: {home.name} is {hostState(home).word.toLowerCase()}, and
            nothing can be done with {vm.name} until it answers.
          </WarningNotice>
        )}
      </Notices>
      <Tabs
        className={styles.tabs}
        value={shown.id}
        onChange={(_event, tab: string) => choose(tab === tabs[0].id ? '' : tab)}
        aria-label={`Views of ${vm.name}`}
      >
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            value={tab.id}
            label={tab.title}
            id={`${id}-${tab.id}`}
            aria-controls={`${id}-panel`}
          />
        ))}
      </Tabs>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown.id}`} className={styles.panel}>
        {shown.content(vm)}
      </div>
    </div>
  );
}

function Overview({ vm }: { readonly vm: Vm }) {
  return (
    <div className={styles.columns}>
      <div>
        <Section title="State">
          <VmStateDiagram vm={vm} />
        </Section>
        {vm.copies.length > 0 && <VmCopies vm={vm} />}
        <VmSummary vm={vm} />
      </div>
      <div>
        <VmCharts vm={vm} />
      </div>
    </div>
  );
}
