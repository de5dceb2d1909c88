/**
 * The scripts that make a shell ask `carpool complete -- WORD …` at each Tab. They ask the `carpool` that stands on the line,
 * with the words as arguments: nothing that is being written is evaluated. It answers in lines: what the shell adds of its own
 * (`none`, `files`, `commands`), and then each candidate, with a tab before what it means.
 */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

// Nothing in it that bash 3.2, of macOS, does not have. What it calls words ends at `=` and `:`, and a candidate takes the place of the last of those; the
// words of a command end at blanks.
const bash = `# Completion of carpool: eval "$(carpool completion bash)"
_carpool() {
  local rest="\${COMP_LINE:0:COMP_POINT}" words=() last=-1 at=0 word
  while ((at <= COMP_CWORD)); do
    word="\${COMP_WORDS[at]}"
    if ((last < 0)) || [[ $rest == [[:blank:]]* ]]; then
      last=$((last + 1))
      words[last]=
    fi
    rest="\${rest#"\${rest%%[![:blank:]]*}"}"
    if ((at == COMP_CWORD)); then word="$rest"; fi
    words[last]+="$word"
    rest="\${rest#"$word"}"
    at=$((at + 1))
  done
  word="\${words[last]}"
  local kept="\${word%"\${word##*[=:]}"}" answer others value
  answer="$("\${words[0]/#\\~\\//$HOME/}" complete -- "\${words[@]:1}" 2>/dev/null)" || return
  COMPREPLY=()
  {
    read -r others
    while IFS=$'\\t' read -r value _; do
      [[ $others == files ]] || printf -v value %q "$value"
      COMPREPLY+=("\${value#"$kept"}")
    done
  } <<<"$answer"
  local action=
  case "$others" in
    files) action=-f && compopt -o filenames 2>/dev/null ;;
    commands) action=-c ;;
  esac
  if [[ -n $action ]]; then
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$action" -- "\${word#"$kept"}")
  fi
}
complete -F _carpool carpool
`;

const zsh = `#compdef carpool
# Completion of carpool, after compinit: source <(carpool completion zsh)
_carpool() {
  local -a lines candidates
  local line
  lines=("\${(@f)$("\${\${(Q)words[1]}/#\\~\\//$HOME/}" complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  for line in "\${(@)lines[2,-1]}"; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  local found=1
  if (( $#candidates )); then _describe -t values carpool candidates && found=0; fi
  case "$lines[1]" in
    files)
      [[ $PREFIX == --*=* ]] && compset -P '*='
      _files && found=0
      ;;
    commands) _command_names -e && found=0 ;;
  esac
  return found
}
if [[ "$funcstack[1]" == _carpool ]]; then _carpool "$@"; else compdef _carpool carpool; fi
`;

const fish = `# Completion of carpool: carpool completion fish | source
function __carpool_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct)
    set -l carpool (string replace -r '^~/' "$HOME/" -- $before[1])
    set -l lines ($carpool complete -- $before[2..-1] "$word" 2>/dev/null)
    printf '%s\\n' $lines[2..-1]
    switch "$lines[1]"
        case files
            set -l option (string match -r -- '^--[^=]*=' $word)
            for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $word))
                printf '%s%s\\n' "$option" $path
            end
        case commands
            complete -C "$word"
    end
end
complete -c carpool -f -a '(__carpool_complete)'
`;

/** What `carpool completion SHELL` prints. */
export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
