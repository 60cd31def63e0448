import { Box, Line, Move, Vms } from './pictureParts.tsx';
import styles from './ScenarioPicture.module.css';

/** Four buildings on one switch; in one of them it becomes busy. */
export function Campus() {
  return (
    <>
      {[0, 1, 2, 3].map((building) => {
        const left = 18 + building * 74;
        return (
          <g key={building}>
            <path className={styles.line} d={`M${left - 4} 40 L${left + 31} 20 L${left + 66} 40`} />
            <Box x={left} y={40} width={62} height={58}>
              <Vms
                x={6}
                y={6}
                count={16}
                across={4}
                size={9}
                step={13}
                load={building === 0 ? 'high' : 'low'}
              />
            </Box>
            <Line points={`${left + 31},98 ${left + 31},108 160,108 160,116`} />
          </g>
        );
      })}
      <rect className={styles.plug} x={148} y={114} width={24} height={6} rx={2} />
    </>
  );
}

/** Racks without end, and one whose VMs are on their way. */
export function DataCentre() {
  const emptied = 6;
  return (
    <>
      {[0, 1].flatMap((row) =>
        Array.from({ length: 17 }, (_, place) => {
          const isEmptied = row === 1 && place === emptied;
          return (
            <Box
              key={`${row} ${place}`}
              x={16 + place * 17}
              y={14 + row * 56}
              width={13}
              height={44}
              off={isEmptied}
            >
              <Vms
                x={3}
                y={4}
                count={isEmptied ? 3 : 7}
                across={1}
                size={4}
                step={5.6}
                load={!isEmptied && (place * 7 + row * 3) % 5 === 0 ? 'high' : 'low'}
              />
            </Box>
          );
        }),
      )}
      <Move from={[124, 90]} to={[209, 84]} rise={34} />
      <Move from={[124, 96]} to={[243, 98]} rise={44} />
      <Move from={[122, 102]} to={[57, 98]} rise={36} />
    </>
  );
}

/** A file of one's own. */
export function OwnFile() {
  return (
    <>
      <path className={styles.box} d="M124 14 h52 l20 20 v80 h-72 Z" />
      <path className={styles.line} d="M176 14 v20 h20" />
      {[46, 58, 70, 82, 94].map((y, index) => (
        <path
          key={y}
          className={styles.line}
          d={`M${index % 3 === 0 ? 134 : 144} ${y} H${[184, 170, 178, 186, 164][index]}`}
        />
      ))}
    </>
  );
}
