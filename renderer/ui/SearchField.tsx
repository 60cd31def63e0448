import ClearOutlined from '@mui/icons-material/ClearOutlined';
import SearchOutlined from '@mui/icons-material/SearchOutlined';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import OutlinedInput from '@mui/material/OutlinedInput';

export function SearchField({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <OutlinedInput
      size="small"
      type="search"
      placeholder={hint}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && value !== '') {
          event.preventDefault();
          onChange('');
        }
      }}
      inputProps={{ 'aria-label': label, spellCheck: false }}
      sx={{ width: 240, height: 32, '& input::-webkit-search-cancel-button': { display: 'none' } }}
      startAdornment={
        <InputAdornment position="start">
          <SearchOutlined fontSize="small" />
        </InputAdornment>
      }
      endAdornment={
        value === '' ? undefined : (
          <InputAdornment position="end">
            <IconButton size="small" edge="end" aria-label="Clear this field" onClick={() => onChange('')}>
              <ClearOutlined fontSize="inherit" />
            </IconButton>
          </InputAdornment>
        )
      }
    />
  );
}
