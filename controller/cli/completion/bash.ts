import type { Flag, Kind, Place } from './tree.ts'

/** What bash sources: functions that know the command line, and one that completes with them. */
export function bashScript(places: readonly Place[]): string {
  return String.raw`# bash completion for edgectl, made by: edgectl completion bash
_edgectl_words() {
  case $1 in
${lines(places, ({ words }) => words.map(({ word }) => word).join(' '))}
  esac
}
_edgectl_flags() {
  case $1 in
${lines(places, ({ flags }) => flags.flatMap(({ names }) => names).join(' '))}
  esac
}
# Which of them take a value, and of what kind: name=kind
_edgectl_values() {
  case $1 in
${lines(places, ({ flags }) => flags.flatMap(valuesOf).join(' '))}
  esac
}
_edgectl_args() {
  case $1 in
${lines(places, ({ args }) => args.map(kindWord).join(' '))}
  esac
}
# Completes one word of a kind: words joined by commas, or a name of what is asked for.
_edgectl_kind() {
  local id name
  case $1 in
    '' | nothing) ;;
    files) compopt -o default 2>/dev/null ;;
    drivers) COMPREPLY=($(compgen -W 'scaleway' -- "$cur")) ;;
    providers | provisions)
      while IFS=$'\t' read -r id name; do
        [[ $id == "$cur"* ]] && COMPREPLY+=("$id")
        [[ -n $cur && $name == "$cur"* && $name != *[!A-Za-z0-9_.-]* ]] && COMPREPLY+=("$name")
      done < <(command edgectl completion --list "$1" 2>/dev/null)
      ;;
    *) COMPREPLY=($(compgen -W "${'$'}{1//,/ }" -- "$cur")) ;;
  esac
}
_edgectl() {
  local cur=${'$'}{COMP_WORDS[COMP_CWORD]} path='' kind='' word pair index count=0
  local -a args
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=${'$'}{COMP_WORDS[index]}
    if [ "$word" = = ]; then
      continue
    elif [ -n "$kind" ]; then
      kind=''
    elif [[ $word == -* ]]; then
      for pair in $(_edgectl_values "$path"); do
        if [ "${'$'}{pair%%=*}" = "$word" ]; then kind=${'$'}{pair#*=}; fi
      done
    elif [[ " $(_edgectl_words "$path") " == *" $word "* ]]; then
      path=${'$'}{path:+$path }$word
    else
      count=$((count + 1))
    fi
  done
  if [ "$cur" = = ]; then cur=''; fi
  if [ -n "$kind" ]; then
    _edgectl_kind "$kind"
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$(_edgectl_flags "$path")" -- "$cur"))
  elif [ -n "$(_edgectl_words "$path")" ]; then
    COMPREPLY=($(compgen -W "$(_edgectl_words "$path")" -- "$cur"))
  else
    args=($(_edgectl_args "$path"))
    if ((count >= ${'$'}{#args[@]})); then count=$((${'$'}{#args[@]} - 1)); fi
    if ((count >= 0)); then _edgectl_kind "${'$'}{args[count]}"; fi
  fi
}
complete -F _edgectl edgectl
`
}

/** A pattern and what to print for it; places that have nothing are left out. */
function lines(places: readonly Place[], text: (place: Place) => string): string {
  return places
    .map((place) => [place.path, text(place)] as const)
    .filter(([, words]) => words !== '')
    .map(([path, words]) => `    '${path}') echo '${words}' ;;`)
    .join('\n')
}

function valuesOf({ names, value }: Flag): string[] {
  return value === undefined ? [] : names.map((name) => `${name}=${kindWord(value)}`)
}

/** Words of a closed list are joined by commas. Ours are plain words: nothing needs quotes. */
function kindWord(kind: Kind): string {
  return typeof kind === 'string' ? kind : kind.join(',')
}
