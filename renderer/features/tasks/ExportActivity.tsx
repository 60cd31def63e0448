import Button from '@mui/material/Button';
import type { DroverClient } from '#shared/contract/client.ts';
import type { ActivityEntry, ActivityFilter, ActivityPlace } from '#shared/model/activity.ts';
import { useClient } from '../../transport/hooks.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { giveOrder } from '../orders.ts';

const pageSize = 500;

/** All that fits the filter, as JSON lines: one task or event a line, whole, oldest first. */
export function ExportActivity({ filter }: { readonly filter: ActivityFilter }) {
  const client = useClient();
  const save = useOrder(() =>
    giveOrder(async () => {
      const lines = (await everything(client, filter))
        .toReversed()
        .map((entry) => `${JSON.stringify(entry.kind === 'task' ? entry.task : entry.event)}\n`);
      offer('drover-activity.jsonl', new Blob(lines, { type: 'application/x-ndjson' }));
    }),
  );
  return (
    <Button
      variant="outlined"
      disabled={save.pending}
      title="Everything that fits the filters, one task or event a line"
      onClick={() => void save.run(undefined)}
    >
      {save.pending ? 'Exporting…' : 'Export as JSON lines'}
    </Button>
  );
}

async function everything(client: DroverClient, filter: ActivityFilter): Promise<readonly ActivityEntry[]> {
  const all: ActivityEntry[] = [];
  let before: ActivityPlace | undefined;
  do {
    const page = await client.activity.list({
      filter,
      limit: pageSize,
      ...(before === undefined ? {} : { before }),
    });
    all.push(...page.entries);
    before = page.next;
  } while (before !== undefined);
  return all;
}

/** Hands a file to whoever looks at the page, as a download. */
function offer(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
