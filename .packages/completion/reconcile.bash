# bash completion of reconcile, which answers itself (reconcile --completion bash).
_reconcile() {
	local IFS=$' \t\n' words=() word line cut='' entries='' suffix cur=${COMP_WORDS[COMP_CWORD]} i
	COMPREPLY=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		# bash parts --format=json in three, and completes the last.
		if ((i > 1)) && [[ ($word == = || ${COMP_WORDS[i - 1]} == =) && ${words[${#words[@]} - 1]} == --* ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
	done
	word=${words[${#words[@]} - 1]}
	if [[ $word == --*=* && $COMP_WORDBREAKS == *=* ]]; then
		cut=${word%%=*}= cur=${word#*=}
	fi
	while IFS= read -r line; do
		case $line in
		$'\t'*) entries=${line#?} ;;
		*) COMPREPLY+=("${line#"$cut"}") ;;
		esac
	done < <(command reconcile --completion bash -- "${words[@]}" 2>/dev/null)
	compopt -o nosort 2>/dev/null
	[[ -n $entries ]] || return 0
	compopt -o filenames 2>/dev/null
	while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
		if [[ $entries == files ]]; then compgen -f -- "$cur"; else compgen -d -- "$cur"; fi
		for suffix in ${entries#* }; do compgen -f -X "!*.$suffix" -- "$cur"; done
	)
	# What it reads otherwise, such as ~ and quotes, bash completes itself.
	((${#COMPREPLY[@]} > 0)) || compopt -o default 2>/dev/null
	return 0
}
complete -F _reconcile reconcile
