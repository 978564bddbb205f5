/** What the machine is, for `edge-agent status`. */
export interface Inventory {
  readonly system: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
}

let known: Promise<Inventory> | undefined

/** Looked up once, at first need: it starts processes and loads a library the reports do without. */
export function inventory(): Promise<Inventory> {
  known ??= look()
  return known
}

async function look(): Promise<Inventory> {
  const { cpu, mem, system } = await import('systeminformation')
  const [{ manufacturer, brand, cores }, { total }, machine] = await Promise.all([
    cpu(),
    mem(),
    system(),
  ])
  return {
    system: `${machine.manufacturer} ${machine.model}`.trim(),
    cpu: `${manufacturer} ${brand}`.trim(),
    cores,
    memoryBytes: total,
  }
}
