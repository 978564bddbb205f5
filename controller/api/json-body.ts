/** No request of OneForm nests deeper than five; beyond some thousands every walk through it would fail. */
const deepest = 64

/**
 * The value of a JSON text, without what would become the prototype of an object. Throws SyntaxError,
 * also for what is nested deeper than anybody means.
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > deepest) throw new SyntaxError(`nested deeper than ${deepest}`)
  return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value))
}

/** How deep brackets nest outside of strings; of text that is no JSON any number. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0]
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (inString) {
      if (letter === '\\') at++
      else if (letter === '"') inString = false
    } else if (letter === '"') inString = true
    else if (letter === '{' || letter === '[') most = Math.max(most, ++depth)
    else if (letter === '}' || letter === ']') depth--
  }
  return most
}
