import type { Shell } from "../formats.ts";

/**
 * What a shell reads once. Each asks `icaform __complete` at every TAB, so that what is offered is always what this
 * version knows and what the manifests hold: lines `value<TAB>about`, and last `:files`, `:folders` or `:none`.
 */
export const SCRIPTS: Record<Shell, string> = {
  bash: `# icaform completion for bash. In ~/.bashrc: source <(icaform completion bash)
_icaform() {
  local line last=":none"
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :*) last=$line ;;
      ?*) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete --quoted -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case $last in
    :files) compopt -o default 2>/dev/null ;;
    :folders) compopt -o dirnames 2>/dev/null ;;
  esac
}
complete -F _icaform icaform
`,
  zsh: `#compdef icaform
# icaform completion for zsh. In ~/.zshrc, after compinit: source <(icaform completion zsh)
_icaform() {
  local line last=":none" tab=$'\\t'
  local -a values shown
  while IFS= read -r line; do
    case $line in
      :*) last=$line ;;
      ?*)
        values+=("\${line%%$tab*}")
        if [[ $line == *$tab* ]]; then shown+=("\${line%%$tab*}  \${line#*$tab}"); else shown+=("\${line%%$tab*}"); fi
        ;;
    esac
  done < <("\${words[1]}" __complete --quoted -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#values} )) && compadd -l -d shown -a values
  case $last in
    :files) _files ;;
    :folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _icaform ]]; then _icaform "$@"; else compdef _icaform icaform; fi
`,
  fish: `# icaform completion for fish. Once: icaform completion fish > ~/.config/fish/completions/icaform.fish
function __icaform_complete
    set -l given (commandline -opc) (commandline -ct)
    set -l lines ($given[1] __complete -- $given[2..-1] 2>/dev/null)
    for line in $lines
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':folders'
                __fish_complete_directories (commandline -ct) ''
            case ':none'
            case '*'
                echo $line
        end
    end
end
complete -c icaform -f -a '(__icaform_complete)'
`,
};
