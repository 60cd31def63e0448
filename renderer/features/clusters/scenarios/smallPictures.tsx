import { Box, Fault, Line, Move, Vm, Vms } from './pictureParts.tsx';
import styles from './ScenarioPicture.module.css';

/** Two racks above one store, one of them with its plug pulled. */
export function TwoServers() {
  return (
    <>
      <Box x={64} y={16} width={72} height={64}>
        <Vms x={10} y={10} count={3} across={3} size={14} step={19} load="high" />
        <Vms x={10} y={32} count={2} across={3} size={14} step={19} />
      </Box>
      <Box x={184} y={16} width={72} height={64} off>
        <Vms x={10} y={10} count={3} across={3} size={14} step={19} load="off" />
      </Box>
      <Line points="100,80 100,112 220,112" />
      <path className={styles.plug} d="M214 104 h12 v8 h-12 Z M216 100 h2 v4 h-2 Z M222 100 h2 v4 h-2 Z" />
      <path className={styles.line} d="M220 80 v8 M213 88 h14 v5 h-14 Z" />
      <Fault x={238} y={96} />
    </>
  );
}

/** The evening comes as a wave, and what is below its crest is short of CPU. */
export function WebShop() {
  const tops = [0, 1, 2, 3, 4, 5] as const;
  return (
    <>
      <line className={styles.limit} x1={16} x2={304} y1={26} y2={26} />
      <path
        className={styles.wave}
        d="M16 58 C44 56 52 54 68 40 C88 20 104 14 124 16 C150 18 158 44 180 50 C216 58 260 54 304 57"
      />
      {tops.map((host) => (
        <Box key={host} x={18 + host * 48} y={72} width={40} height={44}>
          <Vms
            x={6}
            y={7}
            count={host < 3 ? 6 : 3}
            across={3}
            size={8}
            step={10}
            load={host < 3 ? 'high' : 'low'}
          />
        </Box>
      ))}
    </>
  );
}

/** Host after host is emptied into the next, under the moon. */
export function PatchNight() {
  return (
    <>
      <path className={styles.night} d="M292 14 a14 14 0 1 0 12 22 a11 11 0 0 1 -12 -22 Z" />
      {[0, 1].map((host) => (
        <Box key={host} x={16 + host * 48} y={60} width={40} height={52}>
          <Vms x={7} y={22} count={host === 0 ? 6 : 4} across={3} size={7} step={10} />
          <path className={styles.well} d="M13 12 l5 5 l9 -10" />
        </Box>
      ))}
      <Box x={112} y={60} width={40} height={52} off>
        <Vms x={7} y={22} count={2} across={3} size={7} step={10} load="high" />
      </Box>
      {[3, 4, 5].map((host) => (
        <Box key={host} x={16 + host * 48} y={60} width={40} height={52}>
          <Vms x={7} y={22} count={6} across={3} size={7} step={10} />
        </Box>
      ))}
      <Move from={[126, 56]} to={[86, 56]} rise={28} />
      <Move from={[136, 56]} to={[40, 56]} rise={60} />
    </>
  );
}

/** Five large ones crowd the small ones of the first host; the others are at ease. */
export function NoisyNeighbours() {
  return (
    <>
      <Box x={16} y={20} width={96} height={88}>
        <Vms x={8} y={8} count={5} across={3} size={22} step={29} load="high" />
        <Vms x={8} y={68} count={6} across={6} size={10} step={14} load="waits" />
        <Vm x={66} y={37} width={22} height={22} load="waits" />
      </Box>
      <path className={styles.limit} d="M118 28 q8 36 0 72 M126 36 q6 28 0 56" fill="none" />
      {[0, 1, 2].map((host) => (
        <Box key={host} x={144 + host * 56} y={20} width={48} height={88}>
          <Vms x={9} y={host === 1 ? 54 : 72} count={host === 1 ? 4 : 2} across={2} size={12} step={18} />
        </Box>
      ))}
    </>
  );
}

/** Load falls, desktops are off, and what is left would fit on two hosts. */
export function QuietWeekend() {
  return (
    <>
      <path
        className={styles.wave}
        d="M16 20 C60 18 76 22 96 28 C124 36 136 48 164 50 C210 53 260 52 304 52"
      />
      {[0, 1, 2, 3, 4, 5, 6, 7].map((host) => (
        <Box key={host} x={18 + host * 36} y={68} width={30} height={44}>
          <Vms x={5} y={6} count={4} across={2} size={8} step={12} load="off" />
          <Vms x={5} y={30} count={host % 3 === 0 ? 2 : 1} across={2} size={8} step={12} />
        </Box>
      ))}
    </>
  );
}

/** Whatever can go wrong does: power, link, guest, store. */
export function BadDay() {
  return (
    <>
      <Line points="30,16 290,16" />
      {[0, 1, 2, 3, 4].map((host) => (
        <g key={host}>
          {host === 1 ? (
            <path className={styles.slow} d={`M${44 + host * 58} 16 v24`} />
          ) : (
            <Line points={`${44 + host * 58},16 ${44 + host * 58},40`} broken={host === 4} />
          )}
          <Box x={20 + host * 58} y={40} width={48} height={44} off={host === 2}>
            <Vms x={8} y={8} count={4} across={2} size={12} step={18} load={host === 2 ? 'off' : 'low'} />
          </Box>
        </g>
      ))}
      <Fault x={50} y={54} />
      <Fault x={160} y={62} />
      <Fault x={290} y={28} />
      <path className={styles.box} d="M136 98 v16 a24 6 0 0 0 48 0 v-16 a24 6 0 0 0 -48 0 a24 6 0 0 0 48 0" />
      <path className={styles.high} d="M138 106 a22 5 0 0 0 44 0 v8 a22 5 0 0 1 -44 0 Z" />
      <Fault x={196} y={108} />
    </>
  );
}
