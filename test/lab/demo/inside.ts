// The demo itself, PID 1's child in its sandbox: when this ends, everything it started ends.
import { writeFile } from 'node:fs/promises'
import { declareReady } from '../sandbox/kept.ts'
import { dist } from '../whole/dist.ts'
import type { Lab } from '../whole/lab.ts'
import type { Cluster } from './cluster.ts'
import { runDemo } from './run.ts'
import { proofLine, proofTable } from './table.ts'

const json = process.argv.includes('--json')
const keep = process.argv.includes('--keep')
let howToLook = ''
const say = (text: string) => (json ? console.error(text) : console.log(text))

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    say('\nStopped: the sandbox and everything in it goes away now.')
    process.exit(code)
  })
}

say(
  'This is the lab: a simulated Scaleway and a stand-in for OpenNebula on this machine; nothing is',
)
say('ordered anywhere. Servers, SSH, systemd, FRR, nftables, VXLAN and the suite itself are real.')
const proofs = await runDemo({
  say,
  tell: (proof) => say(proofLine(proof)),
  ...(keep ? { keep: leaveUp } : {}),
})
say(`\n${proofTable(proofs)}`)
if (json) console.log(JSON.stringify({ proofs }))
const failed = proofs.some(({ ok }) => !ok)
if (keep && !failed) {
  say(howToLook)
  declareReady()
  // Until scripts/demo --stop.
  setInterval(() => {}, 1 << 30)
} else process.exit(failed ? 1 : 0)

async function leaveUp(lab: Lab, { provision, hosts }: Cluster): Promise<void> {
  const exports = Object.entries({ ...lab.env, PATH: `${dist('cli')}:${lab.env['PATH']}` })
  await writeFile(
    `${lab.dir}/env`,
    `${exports.map(([name, value]) => `export ${name}='${value}'`).join('\n')}\nalias edgectl=edgectl.mjs\n`,
  )
  const servers = hosts.map(({ address }) => `${address} ${lab.metal.server(address)?.pid}`)
  await writeFile(`${lab.dir}/servers`, `${servers.join('\n')}\n`)
  howToLook = `
The cluster stays up. Look around from any terminal:
  scripts/demo --enter ${dist('cli/edgectl.mjs')} provision show ${provision}
  scripts/demo --enter              a shell in the lab, where the controller runs
${hosts.map(({ address }) => `  scripts/demo --enter ${on(address)} vtysh -c 'show bgp l2vpn evpn summary'`).join('\n')}
Give it back with:
  scripts/demo --stop`
}

/** A program on a metal server. */
function on(address: string): string {
  return `${import.meta.dirname}/on ${address}`
}
