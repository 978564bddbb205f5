/** What every path must carry: an echo request as ping sends it. */
const smallestBytes = 84

/**
 * The largest packet that passes, up to the promised size, by halving: at most fourteen probes for
 * jumbo frames. Null when not even the smallest does. `known` is what was found the time before: a path
 * that is as it was takes four.
 */
export async function pathMtu(
  promised: number,
  known: number | null,
  passes: (bytes: number) => Promise<boolean>,
): Promise<number | null> {
  if (await passes(promised)) return promised
  if (!(await passes(smallestBytes))) return null
  if (known !== null && known < promised && (await isStill(known, passes))) return known
  let [good, bad] = [smallestBytes, promised]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (await passes(middle)) good = middle
    else bad = middle
  }
  return good
}

async function isStill(
  known: number,
  passes: (bytes: number) => Promise<boolean>,
): Promise<boolean> {
  return (await passes(known)) && !(await passes(known + 1))
}
