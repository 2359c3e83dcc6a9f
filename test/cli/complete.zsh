# What zsh offers after a line: zsh -f complete.zsh SCRIPT LINE OUT
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; autoload -Uz compinit; compinit -D -u; source ${(q)1}"
zpty -w z 'compadd () { if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi; typeset -a hits; builtin compadd -A hits "$@"; (( $#hits )) && print -rl -- $hits >> '${(q)3}'; builtin compadd "$@" }'
zpty -w z 'finish () { print -r -- "#end" >> '${(q)3}' }; comppostfuncs=(finish); bindkey "^I" complete-word; print "#ready" > '${(q)3}
for (( i = 0; i < 400; i++ )); do [[ -s $3 ]] && break; sleep 0.05; done
zpty -w -n z "$2"$'\t'
for (( i = 0; i < 400; i++ )); do grep -q '#end' $3 && break; sleep 0.05; done
zpty -d z
grep -v '^#' $3 | sort -u
