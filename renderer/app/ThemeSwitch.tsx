import ContrastOutlined from '@mui/icons-material/ContrastOutlined';
import DarkModeOutlined from '@mui/icons-material/DarkModeOutlined';
import LightModeOutlined from '@mui/icons-material/LightModeOutlined';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import { useState } from 'react';
import { regionNamed } from '../ui/ActionMenu.tsx';
import { useFrameActions } from './actions.ts';
import { usePreferences } from './preferences.ts';

const themes = {
  system: { name: 'As the system', Icon: ContrastOutlined },
  light: { name: 'Light', Icon: LightModeOutlined },
  dark: { name: 'Dark', Icon: DarkModeOutlined },
} as const;

export function ThemeSwitch() {
  const theme = usePreferences((preferences) => preferences.theme);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { name, Icon } = themes[theme];
  const choices = useFrameActions().filter((action) => action.id.startsWith('theme-'));
  return (
    <>
      <Tooltip title={`Theme: ${name.toLowerCase()}`}>
        <IconButton
          size="small"
          aria-label={`Theme: ${name}`}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <Icon fontSize="small" />
        </IconButton>
      </Tooltip>
      <Menu
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        slotProps={{ paper: regionNamed('Theme'), list: { 'aria-label': 'Theme' } }}
      >
        {choices.map((action) => (
          <MenuItem
            key={action.id}
            role="menuitemradio"
            aria-checked={action.key === theme}
            selected={action.key === theme}
            onClick={() => {
              action.run();
              setAnchor(null);
            }}
          >
            {action.words}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
