import { createTheme } from '@mui/material/styles';

/** MUI computes with colours, so it gets figures; everything of ours takes the same ones from app.css. */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: '[data-theme="%s"]' },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: '#0F766E', contrastText: '#FFFFFF' },
        error: { main: '#B91C1C' },
        warning: { main: '#B45309' },
        success: { main: '#15803D' },
        background: { default: '#F6F7F9', paper: '#FFFFFF' },
        text: { primary: '#14191F', secondary: '#47525F', disabled: '#606B78' },
        divider: '#DDE1E7',
      },
    },
    dark: {
      palette: {
        primary: { main: '#2DD4BF', contrastText: '#042F2B' },
        error: { main: '#F87171', contrastText: '#2D0A0C' },
        warning: { main: '#FBBF24' },
        success: { main: '#4ADE80' },
        background: { default: '#0F1317', paper: '#1C232B' },
        text: { primary: '#E7ECF1', secondary: '#ADB8C4', disabled: '#93A0AD' },
        divider: '#2A323C',
      },
    },
  },
  shape: { borderRadius: 8 },
  spacing: 8,
  typography: {
    fontFamily: 'var(--sans)',
    fontSize: 13,
    htmlFontSize: 16,
    body1: { fontSize: 13 },
    body2: { fontSize: 12 },
    button: { fontSize: 13, fontWeight: 550, textTransform: 'none', lineHeight: '20px' },
  },
  transitions: {
    duration: {
      enteringScreen: 120,
      leavingScreen: 80,
      standard: 120,
      short: 100,
      shorter: 80,
      shortest: 60,
    },
  },
  components: {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiButton: {
      defaultProps: { disableElevation: true, size: 'small' },
      styleOverrides: {
        root: {
          minWidth: 0,
          padding: '4px 12px',
          whiteSpace: 'nowrap',
          '&.Mui-focusVisible': { outline: '2px solid var(--accent)', outlineOffset: 2 },
        },
        outlined: { padding: '3px 11px' },
      },
    },
    MuiIconButton: { styleOverrides: { root: { borderRadius: 6, color: 'var(--text-2)' } } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    MuiFormLabel: { styleOverrides: { root: { fontSize: 13 } } },
    MuiFormControlLabel: { styleOverrides: { label: { fontSize: 13 } } },
    MuiFormHelperText: {
      styleOverrides: { root: { fontSize: 12, marginLeft: 0, marginRight: 0, color: 'var(--text-2)' } },
    },
    MuiOutlinedInput: { styleOverrides: { root: { fontSize: 13, background: 'var(--surface)' } } },
    MuiInputBase: { styleOverrides: { root: { fontSize: 13 } } },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiDialog: {
      styleOverrides: { paper: { border: '1px solid var(--line)', boxShadow: 'var(--float)', margin: 16 } },
    },
    MuiMenu: {
      styleOverrides: { paper: { border: '1px solid var(--line)', boxShadow: 'var(--float)' } },
    },
    MuiMenuItem: { styleOverrides: { root: { fontSize: 13, minHeight: 32 } } },
    MuiTooltip: {
      defaultProps: { enterDelay: 300, arrow: true },
      styleOverrides: {
        tooltip: {
          fontSize: 12,
          fontWeight: 400,
          lineHeight: 1.45,
          background: '#1f2731',
          color: '#f3f5f8',
          border: '1px solid var(--line-strong)',
          maxWidth: 320,
          padding: '6px 10px',
        },
        arrow: { color: '#1f2731' },
      },
    },
    // Of MUI's own the contrast with the page is too low.
    MuiToggleButton: { styleOverrides: { root: { color: 'var(--text-2)' } } },
    MuiRadio: { defaultProps: { size: 'small' } },
    MuiCheckbox: { defaultProps: { size: 'small' } },
  },
});
