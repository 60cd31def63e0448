import ContrastOutlined from '@mui/icons-material/ContrastOutlined';
import DarkModeOutlined from '@mui/icons-material/DarkModeOutlined';
import LightModeOutlined from '@mui/icons-material/LightModeOutlined';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Tooltip from '@mui/material/Tooltip';
import { useState } from 'react';
import { setPreferences, usePreferences } from './preferences.ts';

const themes = {
  system: { name: 'As the system', Icon: ContrastOutlined },
  light: { name: 'Light', Icon: LightModeOutlined },
  dark: { name: 'Dark', Icon: DarkModeOutlined },
} as const;

export function ThemeSwitch() {
  const theme = usePreferences((preferences) => preferences.theme);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { name, Icon } = themes[theme];
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
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {(['system', 'light', 'dark'] as const).map((each) => (
          <MenuItem
            key={each}
            role="menuitemradio"
            aria-checked={each === theme}
            selected={each === theme}
            onClick={() => {
              setPreferences({ theme: each });
              setAnchor(null);
            }}
          >
            {themes[each].name}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
