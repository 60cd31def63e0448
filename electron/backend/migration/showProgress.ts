import type { StepContext } from '../tasks/step.ts';
import type { MigrationEnvironment } from './environment.ts';

export function showProgress(context: StepContext<MigrationEnvironment>, detail: string): void {
  const { progress } = context.environment;
  const total = progress.memoryTotalBytes + progress.diskTotalBytes;
  const remaining = progress.memoryRemainingBytes + progress.diskRemainingBytes;
  context.progress({
    detail,
    migration: progress,
    ...(total > 0 ? { share: Math.min(1, Math.max(0, 1 - remaining / total)) } : {}),
  });
}
