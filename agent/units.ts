/** `3.1 %` of a share between 0 and 1. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

const sizes = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `1.4 GiB`. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log2(count) / 10))
  const digits = power === 0 ? 0 : 1
  return `${(count / 1024 ** power).toFixed(digits)} ${sizes[power]}`
}

/** The two largest units say enough: `3 d 4 h`, `12 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const from = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(from < 0 ? 3 : from, from < 0 ? 4 : from + 2)
    .filter(([count], index) => count > 0 || index === 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
