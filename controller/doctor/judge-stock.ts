import { broken, ok, type Verdict } from './finding.ts'

/** The stock OneForm server that has all that is not ours. What is ours does without. */
export function judgeStock(url: string, said: number | string): Verdict {
  if (said === 200) return ok(`The stock OneForm server answers at ${url}`)
  return broken(
    `The stock OneForm server at ${url} does not answer as one (${said}): what is not edgectl’s cannot be reached`,
    'Start it there, or correct "oneform.stock" in /etc/edgectl/edgectl.json, then: systemctl restart edgectl',
  )
}
