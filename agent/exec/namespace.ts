/** Node cannot enter a namespace itself, so what runs inside one is started by nsenter. */
export function insideNamespace(name: string | null, argv: readonly string[]): readonly string[] {
  return name === null ? argv : ['nsenter', `--net=/run/netns/${name}`, '--', ...argv]
}
