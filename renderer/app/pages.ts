import ComputerOutlined from '@mui/icons-material/ComputerOutlined';
import DashboardOutlined from '@mui/icons-material/DashboardOutlined';
import DnsOutlined from '@mui/icons-material/DnsOutlined';
import ListAltOutlined from '@mui/icons-material/ListAltOutlined';
import SwapHorizOutlined from '@mui/icons-material/SwapHorizOutlined';
import type { ElementType } from 'react';
import type { MainActionId } from '#shared/model/mainActions.ts';

/** The pages of the rail, in its order; their names and keys are those of their actions. */
export const pages: readonly {
  readonly action: Extract<MainActionId, `go-${string}`>;
  readonly href: string;
  readonly Icon: ElementType;
}[] = [
  { action: 'go-overview', href: '/overview', Icon: DashboardOutlined },
  { action: 'go-hosts', href: '/hosts', Icon: DnsOutlined },
  { action: 'go-vms', href: '/vms', Icon: ComputerOutlined },
  { action: 'go-migrations', href: '/migrations', Icon: SwapHorizOutlined },
  { action: 'go-activity', href: '/activity', Icon: ListAltOutlined },
];
