import type { Flag, Kind, Place } from './tree.ts'

/** What zsh loads as `_edgectl`: the same places as for bash, with what each word means. */
export function zshScript(places: readonly Place[]): string {
  return String.raw`#compdef edgectl
# zsh completion for edgectl, made by: edgectl completion zsh
_edgectl_words() {
  case $1 in
${lines(places, ({ words }) => words.map(({ word, summary }) => described(word, summary)))}
  esac
}
_edgectl_flags() {
  case $1 in
${lines(places, ({ flags }) => flags.flatMap(({ names, summary }) => names.map((name) => described(name, summary))))}
  esac
}
_edgectl_values() {
  case $1 in
${lines(places, ({ flags }) => flags.flatMap(valuesOf))}
  esac
}
_edgectl_args() {
  case $1 in
${lines(places, ({ args }) => args.map((kind) => quoted(kindWord(kind))))}
  esac
}
_edgectl_kind() {
  local line
  local -a found
  case $1 in
    '' | nothing) ;;
    files) _files ;;
    drivers) compadd scaleway ;;
    providers | provisions)
      for line in "${'$'}{(@f)$(command edgectl completion --list $1 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${'$'}{line%%$'\t'*}:${'$'}{line#*$'\t'}")
      done
      _describe -t $1 $1 found
      ;;
    *) compadd -- ${'$'}{(s:,:)1} ;;
  esac
}
_edgectl() {
  local path_ kind word pair
  local -i index count=0
  local -a args all
  for ((index = 2; index < CURRENT; index++)); do
    word=${'$'}{words[index]}
    if [[ -n $kind ]]; then
      kind=''
      continue
    elif [[ $word == -* ]]; then
      _edgectl_values "$path_"
      for pair in $reply; do
        [[ ${'$'}{pair%%=*} == $word ]] && kind=${'$'}{pair#*=}
      done
      continue
    fi
    _edgectl_words "$path_"
    if (( ${'$'}{reply[(I)$word:*]} )); then
      path_=${'$'}{path_:+$path_ }$word
    else
      count+=1
    fi
  done
  if [[ -n $kind ]]; then
    _edgectl_kind "$kind"
  elif [[ ${'$'}{words[CURRENT]} == -* ]]; then
    _edgectl_flags "$path_"
    all=($reply)
    _describe -o -t flags flag all
  else
    _edgectl_words "$path_"
    all=($reply)
    if (( $#all )); then
      _describe -t commands command all
    else
      _edgectl_args "$path_"
      args=($reply)
      (( count >= $#args )) && count=$(( $#args - 1 ))
      (( count >= 0 )) && _edgectl_kind "${'$'}{args[count + 1]}"
    fi
  fi
}
if [[ $funcstack[1] == _edgectl ]]; then _edgectl "$@"; else compdef _edgectl edgectl; fi
`
}

function lines(places: readonly Place[], words: (place: Place) => readonly string[]): string {
  const some = places
    .map((place) => [place.path, words(place)] as const)
    .filter(([, all]) => all.length > 0)
    .map(([path, all]) => `    '${path}') reply=(${all.join(' ')}) ;;`)
  return [...some, '    *) reply=() ;;'].join('\n')
}

/** zsh takes what comes after a colon for the meaning. */
function described(word: string, summary: string): string {
  return quoted(`${word}:${summary.replaceAll(':', ' ')}`)
}

function valuesOf({ names, value }: Flag): string[] {
  return value === undefined ? [] : names.map((name) => quoted(`${name}=${kindWord(value)}`))
}

function kindWord(kind: Kind): string {
  return typeof kind === 'string' ? kind : kind.join(',')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
