import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

// `npm run validation` makes docs/validation.md anew; with `-- --measure` the lab's runs first, which takes a quarter of an hour.
if (process.argv.includes('--measure')) {
  const { measureLab } = await import('./measureLab.ts');
  await measureLab((line) => console.log(line));
}
// Not before: the page is made of what has just been measured.
const { validationDocument } = await import('./document.ts');
writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'validation.md'), validationDocument());
