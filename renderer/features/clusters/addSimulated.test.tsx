// @vitest-environment happy-dom
import { fireEvent, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { smallScenario } from '#shared/scenario/testing/smallScenario.ts';
import { type PageUnderTest, renderToPage } from '../../testing/renderToPage.tsx';

async function openChoice(under: PageUnderTest) {
  await under.user.click(await under.page.findByRole('button', { name: 'Choose another…' }));
  return within(await under.page.findByRole('dialog', { name: 'Add a simulated cluster' }));
}

const file = (text: string, name = 'mine.yaml') => new File([text], name, { type: 'application/yaml' });

async function chooseFile(
  dialog: Awaited<ReturnType<typeof openChoice>>,
  under: PageUnderTest,
  chosen: File,
) {
  await under.user.click(dialog.getByRole('radio', { name: 'Your own file' }));
  await under.user.upload(dialog.getByLabelText('Scenario file'), chosen);
}

describe('a scenario', () => {
  it('is chosen from a list, by its size, and told beside it', async () => {
    const under = renderToPage('/', { empty: true });
    const dialog = await openChoice(under);
    for (const { title, story } of builtInScenarios) {
      await under.user.click(dialog.getByRole('radio', { name: title }));
      dialog.getByText(story);
      dialog.getByRole('heading', { level: 3, name: new RegExp(`^${title}`) });
      expect(dialog.getByRole<HTMLInputElement>('textbox', { name: /^Name/ }).value).toBe(title);
    }
    const centre = dialog.getByRole('radio', { name: 'Data centre' });
    expect(document.getElementById(centre.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      '1,000 hosts, 10,000 VMs',
    );
    await under.user.click(dialog.getByRole('radio', { name: 'Patch night' }));
    await under.user.click(dialog.getByRole('button', { name: 'Start Patch night' }));
    await under.page.findByText('Scenario Patch night, seed 7');
    under.page.getByText(/^Six hosts with 36 VMs are patched/);
    expect(under.world.calls.at(-1)?.input).toEqual({ scenario: 'patch-night', name: 'Patch night' });
  });

  it('is found by its name', async () => {
    const under = renderToPage('/', { empty: true });
    await under.page.findByRole('button', { name: 'Choose another…' });
    await under.user.keyboard('{Control>}k{/Control}');
    await under.user.type(await under.page.findByRole('combobox'), 'bad day');
    await under.user.keyboard('{Enter}');
    const dialog = within(await under.page.findByRole('dialog', { name: 'Add a simulated cluster' }));
    expect(dialog.getByRole<HTMLInputElement>('radio', { name: 'Bad day' }).checked).toBe(true);
  });

  it("may be a person's own file, which is looked at before it is started", async () => {
    const under = renderToPage('/', { empty: true });
    const dialog = await openChoice(under);
    await under.user.click(dialog.getByRole('radio', { name: 'Your own file' }));
    const start = dialog.getByRole('button', { name: 'Start it' });
    expect(start.getAttribute('aria-disabled')).toBe('true');
    dialog.getByText('Choose a file first.');
    await chooseFile(dialog, under, file(smallScenario));
    await dialog.findByRole('heading', { level: 3, name: 'Small 3 hosts, 5 VMs' });
    await under.user.click(dialog.getByRole('button', { name: 'Start Small' }));
    await under.page.findByText('Scenario Small, seed 7');
    expect(under.world.calls.at(-1)?.input).toEqual({
      scenario: 'mine.yaml',
      text: smallScenario,
      name: 'Small',
    });
  });

  it('says each line that is wrong in it, and takes it once it is mended', async () => {
    const under = renderToPage('/', { empty: true });
    const dialog = await openChoice(under);
    await under.user.click(dialog.getByRole('radio', { name: 'Your own file' }));
    const broken = smallScenario.replace('cores: 8', 'cores: 0').replace('count: 4', 'count: none');
    const drop = dialog.getByText('or drop a .yaml file here');
    fireEvent.drop(drop, { dataTransfer: { files: [file(broken)] } });
    const wrong = within(await dialog.findByRole('list', { name: 'What is wrong in mine.yaml' }));
    expect(wrong.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
      expect.stringMatching(/^Line 6hostModels\.big\.cores: /),
      expect.stringMatching(/^Line 31vms\[0\]\.count: /),
    ]);
    dialog.getByText('Mend first what is wrong in mine.yaml.');
    await chooseFile(dialog, under, file(smallScenario));
    await dialog.findByRole('heading', { level: 3, name: /^Small/ });
    expect(dialog.queryByRole('alert')).toBeNull();
  });

  it('is wanted by its path where its traces lie beside it', async () => {
    const under = renderToPage('/', { empty: true });
    const dialog = await openChoice(under);
    const traced = smallScenario.replace('{ percents: [10, 50, 20], every: 5min }', '{ folder: days }');
    await chooseFile(dialog, under, file(traced));
    const alert = within(await dialog.findByRole('alert'));
    alert.getByText(/give the path of the scenario below$/);
    await under.user.type(dialog.getByLabelText('Or its path'), '/srv/scenarios/traced.yaml');
    expect(dialog.queryByRole('alert')).toBeNull();
    await under.user.click(dialog.getByRole('button', { name: 'Start traced' }));
    await under.page.findByText('Scenario traced.yaml, seed 7');
    expect(under.world.calls.at(-1)?.input).toEqual({
      scenario: 'traced.yaml',
      file: '/srv/scenarios/traced.yaml',
      name: 'traced',
    });
  });

  it('that only its world finds impossible is refused in place, with the line', async () => {
    const under = renderToPage('/', {
      empty: true,
      prepare: (world) => {
        world.simulation.refuseNext({
          code: 'scenario-unusable',
          message: 'Read the scenario mine.yaml: line 29: vms[0]: web-4 finds no room. Mend it.',
          next: 'Mend it.',
        });
      },
    });
    const dialog = await openChoice(under);
    await chooseFile(dialog, under, file(smallScenario));
    await under.user.click(await dialog.findByRole('button', { name: 'Start Small' }));
    expect((await dialog.findByRole('alert')).textContent).toContain('line 29: vms[0]: web-4 finds no room');
  });

  it('too large to be one is not read', async () => {
    const under = renderToPage('/', { empty: true });
    const dialog = await openChoice(under);
    await chooseFile(dialog, under, file('x'.repeat(16_000_001), 'film.yaml'));
    await dialog.findByText(/^film\.yaml cannot be used: 1 thing is wrong in it/);
    dialog.getByText('it is larger than 16 MB, and is none');
  });
});
